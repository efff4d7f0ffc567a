/* soak_run.c - good and evil guests for hours: rounds, and the whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <malloc.h>

#include "soak.h"

/* Of a long one; a short one has this many rounds at least. */
#define ROUND_NS (10 * VIV_NS_PER_S)
enum { ROUNDS_MIN = 6 };

static uint64_t round_ns(void)
{
    uint64_t part = soak_options.ns / ROUNDS_MIN;

    return part < ROUND_NS ? part : ROUND_NS;
}

/* Everything is open, at work, closed in some order, and gone. */
static void play_round(uint64_t round)
{
    struct soak_random random = {soak_options.seed * 31 + round};

    soak_watch_round(round);
    soak_place_open();
    soak_answer_begin();
    soak_job_begin();
    soak_press_begin();
    soak_drive_begin(round);
    soak_sleep(round_ns());
    if (soak_chance(&random, 50)) {
        soak_drive_stop();
        soak_job_close(&random);
    } else { /* while others hand in, acquire and hold */
        soak_job_close(&random);
        soak_sleep(soak_below(&random, 20) * SOAK_MS);
        soak_place_close();
        soak_drive_stop();
    }
    soak_press_end();
    if (soak_chance(&random, 50)) { /* jobs outlive their executor */
        soak_job_end();
        soak_drive_harvest();
    } else {
        soak_drive_harvest();
        soak_job_end();
    }
    soak_answer_end();
    soak_place_leave();
}

/* Whoever allocates on a new thread gets an arena of his own, a mapping that
 * stays: with one for all the mappings of two quiet points can be the same.
 * What threads keep of what they free counts as used: without that the heap of
 * two quiet points is the same to the byte.  That has to be said before the
 * process begins. */
static void calm_the_allocator(char **argv)
{
    static const char TUNABLES[] = "GLIBC_TUNABLES";

    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MXFAST, 0);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    if (getenv(TUNABLES) != NULL || !soak_is_mode("plain"))
        return;
    setenv(TUNABLES, "glibc.malloc.tcache_count=0", 1);
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    uint64_t round = 0;
    bool is_good;

    calm_the_allocator(argv);
    soak_options_parse(argc, argv);
    fprintf(stderr, "soak: seed %" PRIu64 ", %u threads, %" PRIu64 " s\n",
            soak_options.seed, soak_options.drivers,
            soak_options.ns / VIV_NS_PER_S);
    soak_place_init();
    soak_program_init();
    soak_clean_init();
    soak_watch_begin();
    while (soak_watch_ns() < soak_options.ns) {
        play_round(++round);
        soak_watch_sample();
    }
    is_good = soak_report();
    soak_watch_end();
    soak_clean_fini();
    soak_program_fini();
    soak_place_fini();
    return is_good ? 0 : 1;
}
