/* cli_progress.c - one line on the terminal that says how far a compile is.
 *
 * Nothing is drawn in the first moments, so that small modules leave the
 * terminal alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define QUIET_SECONDS 0.3

static double begun;
static bool is_drawn;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void draw(void *cookie, enum aot_stage stage, uint32_t done,
                 uint32_t total)
{
    static const char *const texts[] = {
        [AOT_DECODE] = "decoding",
        [AOT_EMIT] = "functions emitted",
        [AOT_COMPILE] = "units compiled",
        [AOT_LINK] = "linking",
        [AOT_DONE] = "done",
    };
    double elapsed = now() - begun;

    (void)cookie;
    if (elapsed < QUIET_SECONDS)
        return;
    is_drawn = true;
    if (total > 0)
        fprintf(stderr, "\r\033[K%u of %u %s, %.1f s", done, total,
                texts[stage], elapsed);
    else
        fprintf(stderr, "\r\033[K%s, %.1f s", texts[stage], elapsed);
    fflush(stderr);
}

void cli_progress_watch(struct aot_options *options)
{
    if (!isatty(STDERR_FILENO))
        return;
    begun = now();
    options->progress = draw;
}

void cli_progress_end(void)
{
    if (is_drawn)
        fprintf(stderr, "\r\033[K");
    is_drawn = false;
}
