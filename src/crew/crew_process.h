/* crew_process.h - a worker process, and the line to it.
 *
 * Floor 9.  Started with its charter, written to and read from without ever
 * waiting, ended with force.  It may be hostile: what it sends is taken as
 * messages of at most so many bytes as its caller says, and no memory is made
 * for what has not come.
 *
 * One thread: that which started it, with which the process would die.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_PROCESS_H
#define CREW_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crew/crew_charter.h"
#include "crew/crew_message.h"
#include "os/os_process.h"
#include "vivarium.h"

/* The argument by which a program knows that it is to be a worker. */
#define CREW_PROCESS_WORD "worker"
#define CREW_PROCESS_MARK "--of-vivarium"

struct crew_process {
    struct os_process process; /* pid 0: there is none */
    int fd;
    struct base_buf out; /* to be sent, but for the first `sent` bytes */
    size_t sent;
    uint64_t gone;      /* sent in all */
    struct base_buf in; /* what has come, but for the first `taken` bytes */
    size_t taken;
};

/* None yet. */
void crew_process_init(struct crew_process *process);

/* Start the program, and send the charter.  Before: there is none.  Fails with
 * VIV_EIO. */
int crew_process_start(struct crew_process *process, const char *program,
                       const struct crew_charter *charter, viv_error *err);

static inline bool crew_process_is_there(const struct crew_process *process)
{
    return process->process.pid > 0;
}

/* Is there one that has ended by itself? */
static inline bool crew_process_has_ended(const struct crew_process *process)
{
    return crew_process_is_there(process) &&
           os_process_has_ended(&process->process);
}

/* Kill it, if there is one, and give everything back; what it ended of is said
 * in `why`, at most `size` bytes, if that is not NULL. */
void crew_process_end(struct crew_process *process, char *why, size_t size);

/* Send what can be sent.  False: the line is broken. */
bool crew_process_send(struct crew_process *process);
static inline bool crew_process_has_more(const struct crew_process *process)
{
    return process->sent < process->out.len;
}

/* As many bytes will have been sent when all is that is there now; and have
 * they?  What it has not been sent it knows nothing of. */
static inline uint64_t crew_process_mark(const struct crew_process *process)
{
    return process->gone + (process->out.len - process->sent);
}

static inline bool crew_process_has_sent(const struct crew_process *process,
                                         uint64_t mark)
{
    return process->gone >= mark;
}

/* Take in some of what has come: 1; 0 if nothing has.  Negative: the line is
 * broken, or there is no memory. */
int crew_process_receive(struct crew_process *process);

/* The head of the next message, as soon as it is there; then the message, as
 * soon as all of it is there: its body is borrowed until the next of these
 * calls.  Before: the caller has seen the head, and does not mind its length.
 */
bool crew_process_head(const struct crew_process *process,
                       struct crew_head *ret_head);
bool crew_process_take(struct crew_process *process, const uint8_t **ret_body);

#endif /* CREW_PROCESS_H */
