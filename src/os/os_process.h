/* os_process.h - other programs: start them, wait for them.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vivarium.h"

/* A program that was started and not yet waited for. */
struct os_process {
    pid_t pid;
    int pid_fd; /* readable when it has ended; -1: there is none */
};

/* How a program ended. */
struct os_exit {
    int code;   /* its exit code, or -1 */
    int signal; /* what ended it, or 0 */
};

/* A program's file: what `command` means to execvp(), links followed. */
struct os_program {
    char path[256];
    uint64_t bytes;
    int64_t changed_ns; /* modification time */
};

/* Find `command`, in PATH unless it has a slash.  Fails with VIV_ENOTFOUND. */
int os_process_find(const char *command, struct os_program *ret_program,
                    viv_error *err);

/* Start the program `argv[0]` (looked up in PATH), in the folder `folder`
 * (NULL: this one), with standard input empty and both outputs going to the
 * file `log_path` (NULL: nowhere), which is made anew.  It is killed when this
 * process dies.  The caller waits for it by os_process_wait(). */
int os_process_start(const char *const *argv, const char *folder,
                     const char *log_path, struct os_process *ret_process,
                     viv_error *err);

/* Wait until one of `processes` has ended, and give its index.  Entries whose
 * pid is 0 are none; there must be one that is not. */
int os_process_wait_any(struct os_process *processes, size_t count,
                        size_t *ret_index, viv_error *err);

/* Wait for this one, and set its pid to 0. */
int os_process_wait(struct os_process *process, struct os_exit *ret_exit,
                    viv_error *err);

/* Have a descriptor by which it is known for good, if that can be had: by its
 * number it may be taken for another, when somebody else in this program has
 * waited for it (waitpid(-1), SIGCHLD ignored).  Before: it has none. */
void os_process_watch(struct os_process *process);

/* Has it ended, though nobody has waited for it?  Before: it was started. */
bool os_process_has_ended(const struct os_process *process);

/* Send it a signal.  Before: it was not waited for by os_process_wait(). */
void os_process_signal(const struct os_process *process, int signal);

/* End it at once and forget it.  A pid of 0 is ignored. */
void os_process_kill(struct os_process *process);

/* Cores that this process may run on. */
unsigned os_process_cores(void);

#endif /* OS_PROCESS_H */
