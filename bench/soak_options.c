/* soak_options.c - what was asked for, and chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <sys/random.h>

#include "soak.h"

struct soak_options soak_options = {
    .ns = 60 * VIV_NS_PER_S,
    .drivers = 4,
    .has_python = true,
};

static const char HELP[] =
    "usage: bench/soak [OPTIONS]\n"
    "\n"
    "Good and evil programs in pools and on an executor, cancelled, reset,\n"
    "closed and answered at random.  Every outcome is counted and expected, "
    "and\n"
    "nothing may be left: docs/soak.md.\n"
    "\n"
    "  --minutes N       how long; one if nothing is said\n"
    "  --seconds N       the same\n"
    "  --seed N          where random numbers come from\n"
    "  --threads N       threads that hand in jobs and use sandboxes: 4\n"
    "  --carriers N      threads of the executor: one for each core\n"
    "  --only NAME       jobs of this program alone\n"
    "  --without-python  only the guest in WebAssembly\n"
    "  --json            one object on standard output, not a table\n"
    "  --help            this\n";

enum {
    MINUTES = 1,
    SECONDS,
    SEED,
    THREADS,
    CARRIERS,
    ONLY,
    WITHOUT_PYTHON,
    JSON,
    HELP_WANTED,
    DESCRIBE
};

static const struct option OPTIONS[] = {
    {"minutes", required_argument, NULL, MINUTES},
    {"seconds", required_argument, NULL, SECONDS},
    {"seed", required_argument, NULL, SEED},
    {"threads", required_argument, NULL, THREADS},
    {"carriers", required_argument, NULL, CARRIERS},
    {"only", required_argument, NULL, ONLY},
    {"without-python", no_argument, NULL, WITHOUT_PYTHON},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP_WANTED},
    {NULL, 0, NULL, 0},
};

static uint64_t number(const char *name, uint64_t least, uint64_t most)
{
    char *end = NULL;
    uint64_t value = strtoull(optarg, &end, 10);

    if (end == optarg || *end != '\0' || value < least || value > most) {
        fprintf(stderr,
                "soak: --%s wants a number from %" PRIu64 " to %" PRIu64
                ", not \"%s\"\n",
                name, least, most, optarg);
        exit(2);
    }
    return value;
}

static void take(int option)
{
    switch (option) {
    case MINUTES:
        soak_options.ns = number("minutes", 1, 100000) * 60 * VIV_NS_PER_S;
        break;
    case SECONDS:
        soak_options.ns = number("seconds", 1, 6000000) * VIV_NS_PER_S;
        break;
    case SEED:
        soak_options.seed = number("seed", 1, UINT64_MAX);
        break;
    case THREADS:
        soak_options.drivers = (uint32_t)number("threads", 1, 64);
        break;
    case CARRIERS:
        soak_options.carriers = (uint32_t)number("carriers", 1, 64);
        break;
    case ONLY:
        soak_options.only = optarg;
        break;
    case WITHOUT_PYTHON:
        soak_options.has_python = false;
        break;
    case JSON:
        soak_options.is_json = true;
        break;
    case HELP_WANTED:
        fputs(HELP, stdout);
        exit(0);
    default:
        fputs(HELP, stderr);
        exit(2);
    }
}

void soak_options_parse(int argc, char **argv)
{
    int option;

    soak_options.programs = getenv("VIV_SOAK_PROGRAMS");
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        take(option);
    if (optind < argc)
        take('?');
    while (soak_options.seed == 0)
        if (getrandom(&soak_options.seed, 4, 0) != 4)
            bench_die("no chance");
}

bool soak_is_mode(const char *name)
{
    const char *mode = getenv("VIV_MODE");

    return strcmp(mode != NULL ? mode : "plain", name) == 0;
}

/* ------------------------------------------------------------------------
 * Chance: splitmix64.
 */

uint32_t soak_random(struct soak_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

uint32_t soak_below(struct soak_random *random, uint32_t count)
{
    return soak_random(random) % count;
}

bool soak_chance(struct soak_random *random, uint32_t percent)
{
    return soak_below(random, 100) < percent;
}

void soak_sleep(uint64_t ns)
{
    struct timespec t = {(time_t)(ns / VIV_NS_PER_S),
                         (long)(ns % VIV_NS_PER_S)};

    nanosleep(&t, NULL);
}
