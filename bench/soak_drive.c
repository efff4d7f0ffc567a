/* soak_drive.c - drivers, and which step is next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

enum { DRIVERS_MAX = 64 };

/* Of a hundred steps so many hand in a job, so many look after one. */
enum { SUBMITS = 45, TENDS = 30 };

static struct soak_driver drivers[DRIVERS_MAX];
static _Atomic bool is_over;

static uint32_t weight_of(const struct soak_step *step)
{
    return step->is_python && !soak_options.has_python ? 0 : step->weight;
}

static const struct soak_step *choose(struct soak_random *random)
{
    const struct soak_step *step;
    uint32_t all = 0, at;

    for (step = soak_steps; step->name != NULL; step++)
        all += weight_of(step);
    at = soak_below(random, all);
    for (step = soak_steps; at >= weight_of(step); step++)
        at -= weight_of(step);
    return step;
}

static void take_step(struct soak_driver *driver)
{
    uint32_t at = soak_below(&driver->random, 100);
    const struct soak_step *step;

    if (at < SUBMITS) {
        atomic_store(&driver->doing, "submitting");
        soak_job_submit(driver);
    } else if (at < SUBMITS + TENDS || soak_options.only != NULL) {
        atomic_store(&driver->doing, "tending");
        soak_job_tend(driver);
    } else {
        step = choose(&driver->random);
        atomic_store(&driver->doing, step->name);
        step->take(&driver->random);
    }
    atomic_fetch_add(&driver->steps, 1);
}

static void *drive(void *arg)
{
    struct soak_driver *driver = arg;

    while (!atomic_load(&is_over))
        take_step(driver);
    atomic_store(&driver->doing, NULL);
    return NULL;
}

void soak_drive_begin(uint64_t round)
{
    atomic_store(&is_over, false);
    for (uint32_t i = 0; i < soak_options.drivers; i++) {
        struct soak_driver *driver = &drivers[i];

        driver->number = i;
        driver->random.state =
            soak_options.seed * 1000003 + round * DRIVERS_MAX + i;
        if (pthread_create(&driver->thread, NULL, drive, driver) != 0)
            bench_die("no thread");
    }
}

void soak_drive_stop(void)
{
    atomic_store(&is_over, true);
    for (uint32_t i = 0; i < soak_options.drivers; i++)
        pthread_join(drivers[i].thread, NULL);
}

void soak_drive_harvest(void)
{
    for (uint32_t i = 0; i < soak_options.drivers; i++)
        soak_job_harvest(&drivers[i]);
}

const struct soak_driver *soak_drive_all(uint32_t *ret_count)
{
    *ret_count = soak_options.drivers;
    return drivers;
}
