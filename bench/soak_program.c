/* soak_program.c - tables of programs, and which is next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

static uint32_t weights[SOAK_PLACES]; /* of all that may run there */

typedef void each_func(const struct soak_program *program, void *cookie);

static void each_of(const struct soak_program *table, each_func *func,
                    void *cookie)
{
    for (; table->name != NULL; table++)
        if (soak_options.only == NULL ||
            strcmp(soak_options.only, table->name) == 0)
            func(table, cookie);
}

static void each(each_func *func, void *cookie)
{
    each_of(soak_wasm_programs, func, cookie);
    if (!soak_options.has_python)
        return;
    each_of(soak_python_programs, func, cookie);
    each_of(soak_evil_programs, func, cookie);
    each_of(soak_python_whole(), func, cookie);
}

static void weigh(const struct soak_program *program, void *unused)
{
    (void)unused;
    for (uint32_t place = 0; place < SOAK_PLACES; place++)
        if ((program->places & SOAK_IN(place)) != 0)
            weights[place] += program->weight;
}

void soak_program_init(void)
{
    uint32_t all = 0;

    soak_python_init();
    each(weigh, NULL);
    for (uint32_t place = 0; place < SOAK_PLACES; place++)
        all += weights[place];
    if (all == 0)
        bench_die("no program is called %s", soak_options.only);
}

void soak_program_fini(void)
{
    soak_python_fini();
}

bool soak_program_has(enum soak_place place)
{
    return weights[place] > 0;
}

/* All programs stand on a line, each as long as its weight. */
struct search {
    enum soak_place place;
    uint32_t at;
    const struct soak_program *found;
};

static void look(const struct soak_program *program, void *cookie)
{
    struct search *search = cookie;

    if (search->found != NULL ||
        (program->places & SOAK_IN(search->place)) == 0)
        return;
    if (search->at < program->weight)
        search->found = program;
    else
        search->at -= program->weight;
}

const struct soak_program *soak_program_choose(enum soak_place place,
                                               struct soak_random *random)
{
    struct search search = {place, soak_below(random, weights[place]), NULL};

    each(look, &search);
    return search.found;
}
