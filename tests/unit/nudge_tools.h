/* nudge_tools.h - timers and threads, for tests of nudges.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NUDGE_TOOLS_H
#define NUDGE_TOOLS_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mode_tools.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "test.h"

#define MS UINT64_C(1000000)

/* The kernel's list; -1 where it has none. */
static inline int timer_count(void)
{
    FILE *file = fopen("/proc/self/timers", "r");
    char line[256];
    int count = 0;

    if (file == NULL)
        return -1;
    while (fgets(line, sizeof(line), file) != NULL)
        count += strncmp(line, "ID:", 3) == 0;
    fclose(file);
    return count;
}

static inline void expect_timers(int count)
{
    int found = timer_count();

    if (found >= 0)
        EXPECT_EQ_INT(found, count);
}

/* How many signals with information may be on their way to this user: timers
 * count, those of all processes. */
static inline void allow_pending(bool some)
{
    struct rlimit limit;

    EXPECT_EQ_INT(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
    limit.rlim_cur = some ? limit.rlim_max : 0;
    EXPECT_EQ_INT(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
}

static inline void by(uint64_t when)
{
    os_nudge_by(when, os_clock_now());
}

/* Compute until `*done` is `value`, which a handler or a thread sees to. */
static inline void spin_until(volatile int *done, int value)
{
    uint64_t end = os_clock_now() + 20000 * MS;

    while (*done < value)
        if (os_clock_now() > end)
            test_fail(TEST_AT, "%d of %d after 20 s", *done, value);
        else if (mode_is("valgrind"))
            sched_yield(); /* one thread at a time runs there */
}

static inline void spin_for(uint64_t ns)
{
    uint64_t end = os_clock_now() + ns;

    while (os_clock_now() < end)
        ;
}

/* A nudge cuts what sleeps. */
static inline void sleep_for(uint64_t ns)
{
    uint64_t end = os_clock_now() + ns;

    while (os_clock_now() < end)
        usleep(500);
}

/* Run body(arg) in a child of fork(), and expect that it comes back. */
static inline void in_child(void (*body)(uint64_t), uint64_t arg)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        body(arg);
        _exit(0);
    }
    EXPECT(child > 0 && waitpid(child, &status, 0) == child);
    EXPECT_EQ_INT(status, 0);
}

#endif /* NUDGE_TOOLS_H */
