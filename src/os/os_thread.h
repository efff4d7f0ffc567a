/* os_thread.h - which thread is this, and another one.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include "vivarium.h"

/* A number, not 0, for this thread in this process: no other thread, before or
 * after, has the same, nor has this one after a fork().  Costs a few loads.
 * Any thread. */
uint64_t os_thread_id(void);

/* Start a thread that runs func(arg), and that gets no signal which is not its
 * own: those of the process are for the host's threads.  To be joined.  Fails
 * with VIV_EIO. */
int os_thread_start(pthread_t *ret_thread, void *(*func)(void *), void *arg,
                    viv_error *err);

#endif /* OS_THREAD_H */
