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

/* Where nobody is at it yet - a call is about to begin, or the next cell of a
 * session - it is tried again. */
#define AGAIN_NS 1000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static viv_sandbox *watched;
static bool has_come;
static int event_fd = -1;

/* All under the lock. */
static void come(void)
{
    uint64_t one = 1;

    if (has_come)
        _exit(CLI_INTERRUPTED);
    has_come = true;
    (void)!write(event_fd, &one, sizeof(one));
}

static bool is_stopped(void)
{
    return !has_come ||
           (watched != NULL && viv_call_cancel(watched) != VIV_ENOCALL);
}

/* Until the next one comes, or a moment has passed. */
static bool comes_again(const sigset_t *set)
{
    const struct timespec moment = {.tv_nsec = AGAIN_NS};

    return sigtimedwait(set, NULL, &moment) > 0;
}

/* One has come: until it has stopped somebody, or was taken. */
static void attend(const sigset_t *set)
{
    bool again;

    pthread_mutex_lock(&lock);
    come();
    while (!is_stopped()) {
        pthread_mutex_unlock(&lock);
        again = comes_again(set);
        pthread_mutex_lock(&lock);
        if (again)
            come();
    }
    pthread_mutex_unlock(&lock);
}

static void *wait_for_it(void *set)
{
    int number;

    for (;;)
        if (sigwait(set, &number) == 0)
            attend(set);
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
