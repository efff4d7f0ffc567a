/* diff_options.c - how the programs of this suite are told to compile.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/os_cpu.h"

static const char *cpu_of(const char *word)
{
    static const char *const levels[] = {"x86-64", "x86-64-v2", "x86-64-v3",
                                         "x86-64-v4"};

    return strcmp(word, "best") == 0 ? levels[os_cpu_level() - 1] : word;
}

static void read_one(struct diff_options *options, int letter)
{
    switch (letter) {
    case 't':
        options->aot.target = optarg[0] == 'g' ? AOT_GS : AOT_PORTABLE;
        options->target_name = optarg;
        break;
    case 'O':
        options->aot.opt_level = (int)strtol(optarg, NULL, 10);
        break;
    case 'm':
        options->aot.cpu = cpu_of(optarg);
        break;
    case 'f':
        options->aot.fuel = true;
        break;
    case 'c':
        options->aot.cc = optarg;
        break;
    case 'C':
        options->aot.cache = optarg;
        break;
    default:
        exit(2);
    }
}

int diff_options_read(struct diff_options *ret_options, int argc, char **argv)
{
    int letter;

    aot_options_default(&ret_options->aot);
    ret_options->aot.jobs = 1;
    ret_options->target_name = "gs";
    while ((letter = getopt(argc, argv, "t:O:m:fc:C:")) != -1)
        read_one(ret_options, letter);
    return optind;
}
