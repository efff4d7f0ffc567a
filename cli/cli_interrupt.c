/* cli_interrupt.c - Ctrl-C stops the guest, and not the command.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* A call that is about to begin cannot be cancelled yet: it is tried again. */
#define AGAIN_NS 1000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static viv_sandbox *watched;
static bool has_come;
static int event_fd = -1;

static void sleep_ns(long ns)
{
    struct timespec time = {.tv_nsec = ns};

    nanosleep(&time, NULL);
}

static void come(void)
{
    uint64_t one = 1;

    pthread_mutex_lock(&lock);
    if (has_come)
        _exit(CLI_INTERRUPTED);
    has_come = true;
    (void)!write(event_fd, &one, sizeof(one));
    while (has_come && watched != NULL &&
           viv_call_cancel(watched) == VIV_ENOCALL) {
        pthread_mutex_unlock(&lock);
        sleep_ns(AGAIN_NS);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
}

static void *wait_for_it(void *set)
{
    int number;

    for (;;)
        if (sigwait(set, &number) == 0)
            come();
    return NULL;
}

void cli_interrupt_begin(void)
{
    static sigset_t set;
    struct sigaction action;
    pthread_t thread;

    if (sigaction(SIGINT, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
        return;
    event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0)
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (pthread_create(&thread, NULL, wait_for_it, &set) == 0)
        pthread_detach(thread);
    else
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void cli_interrupt_watch(viv_sandbox *sandbox)
{
    pthread_mutex_lock(&lock);
    watched = sandbox;
    pthread_mutex_unlock(&lock);
}

int cli_interrupt_fd(void)
{
    return event_fd;
}

bool cli_interrupt_take(void)
{
    uint64_t count;
    bool had_come;

    pthread_mutex_lock(&lock);
    had_come = has_come;
    has_come = false;
    if (had_come)
        (void)!read(event_fd, &count, sizeof(count));
    pthread_mutex_unlock(&lock);
    return had_come;
}
