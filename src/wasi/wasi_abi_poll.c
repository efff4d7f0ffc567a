/* wasi_abi_poll.c - preview 1: waiting for one of several things.
 *
 * Each time that it is asked, it looks at all subscriptions once, and writes an
 * event for each that is ready.  If none is, it wants to be asked again, when
 * the first of the times has come or when standard input may have something:
 * the call waits meanwhile, and no thread with it.
 *
 *     asked --- one is ready ---> events
 *       |  ^
 *       v  | time, viv_wasi_ready(), or anybody who resumes the call
 *      waits
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "vfs/vfs_fd.h"
#include "vfs/vfs_pipe.h"
#include "vfs/vfs_rights.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_clock.h"
#include "wasi/wasi_layout.h"
#include "wasi/wasi_stream.h"

/* One for each descriptor, to read and to write, and a clock. */
#define SUBSCRIPTIONS_MAX (2 * WASI_DESCRIPTORS + 1)

/* What is waited for, in one go through the list. */
struct waiting {
    struct wasi *wasi;
    uint64_t now;   /* by os_clock_now() */
    uint64_t first; /* the earliest of the times */
    uint64_t slept; /* by the guest's clock, if that brought an event */
};

/* ------------------------------------------------------------------------
 * Clocks.
 */

static uint64_t sum(uint64_t a, uint64_t b)
{
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

/* Does the guest's clock stand still while it waits? */
static bool is_standing(const struct wasi *wasi)
{
    return wasi->grant.said.clock >= VIV_CLOCK_FROZEN;
}

/* When the time has come, by os_clock_now(), and how long that is from when it
 * was first asked.  A time on a clock that goes by the host's is worked out
 * anew each time, for the host's may have been set. */
static uint64_t end_of(const struct waiting *waiting,
                       const struct wasi_subscription *wanted,
                       uint64_t *ret_delay)
{
    struct wasi *wasi = waiting->wasi;
    bool is_time = (wanted->flags & WASI_ABSTIME) != 0;
    uint64_t from = wasi->first_asked;

    *ret_delay = wanted->timeout;
    if (is_time)
        *ret_delay = wasi_clock_until(wasi, (enum wasi_clock)wanted->clock,
                                      wanted->timeout);
    if (is_time && !is_standing(wasi))
        from = waiting->now;
    return sum(from, *ret_delay);
}

/* Ready, or not. */
static bool look_at_clock(struct waiting *waiting,
                          const struct wasi_subscription *wanted,
                          struct wasi_event *event)
{
    uint64_t delay, end;

    if (wanted->clock >= WASI_CLOCK_COUNT ||
        (wanted->flags & ~WASI_ABSTIME) != 0)
        event->error = WASI_EINVAL;
    else if (wanted->clock >= WASI_CLOCK_WORK)
        event->error = WASI_ENOTSUP; /* it stands still while we wait */
    if (event->error != 0)
        return true;
    end = end_of(waiting, wanted, &delay);
    if (waiting->now >= end) {
        if (waiting->slept < delay)
            waiting->slept = delay;
        return true;
    }
    if (waiting->first > end)
        waiting->first = end;
    return false;
}

/* ------------------------------------------------------------------------
 * Descriptors.
 */

/* Standard input: is there something, or nothing for good? */
static bool look_at_input(struct waiting *waiting, struct wasi_event *event)
{
    struct vfs_pipe *in = waiting->wasi->files.pipes[0];
    int code = wasi_stream_fill(waiting->wasi, SIZE_MAX);
    size_t bytes;

    if (code == WASI_EAGAIN)
        return false;
    vfs_pipe_waiting(in, &bytes);
    event->error = (uint16_t)code;
    event->bytes = bytes;
    event->flags = code == 0 && bytes == 0 ? WASI_HANGUP : 0;
    return true;
}

/* A file is always ready: what is left of it can be read. */
static void look_at_file(struct waiting *waiting, uint32_t fd,
                         struct wasi_event *event)
{
    struct vfs *vfs = &waiting->wasi->files.vfs;
    struct vfs_stat stat;
    uint64_t at;

    if (vfs_fd_stat(vfs, fd, &stat) == 0 && vfs_fd_tell(vfs, fd, &at) == 0 &&
        stat.bytes > at)
        event->bytes = stat.bytes - at;
}

static bool look_at_fd(struct waiting *waiting,
                       const struct wasi_subscription *wanted,
                       struct wasi_event *event)
{
    struct wasi *wasi = waiting->wasi;
    struct vfs_slot slot;
    int error = vfs_fd_get(&wasi->files.vfs, wanted->fd, &slot);

    if (error == 0 && (slot.rights & VFS_RIGHT_POLL) == 0)
        error = VFS_ENOTCAPABLE;
    event->error = (uint16_t)wasi_errno_of(error);
    if (error != 0 || wanted->type == WASI_EVENT_WRITE)
        return true;
    if (wasi_files_stream(&wasi->files, wanted->fd) == 0)
        return look_at_input(waiting, event);
    look_at_file(waiting, wanted->fd, event);
    return true;
}

/* ------------------------------------------------------------------------
 * All of them.
 */

/* The event that `wanted` has brought, if it has. */
static bool look(struct waiting *waiting,
                 const struct wasi_subscription *wanted,
                 struct wasi_event *ret_event)
{
    memset(ret_event, 0, sizeof(*ret_event));
    ret_event->userdata = wanted->userdata;
    ret_event->type = wanted->type;
    return wanted->type == WASI_EVENT_CLOCK
               ? look_at_clock(waiting, wanted, ret_event)
               : look_at_fd(waiting, wanted, ret_event);
}

/* Before: both lists are in memory.  Each subscription is fetched once. */
static int look_at_all(struct waiting *waiting, struct wasi_at in,
                       struct wasi_at out, uint32_t count, uint32_t *ret_events)
{
    const struct wasi_guest *guest = &waiting->wasi->guest;
    struct wasi_subscription wanted;
    struct wasi_event event;
    uint32_t i, events = 0;

    for (i = 0; i < count; i++) {
        wasi_guest_get(guest, wasi_at_plus(in, (uint64_t)i * sizeof(wanted)),
                       &wanted, sizeof(wanted));
        if (wanted.type >= WASI_EVENT_TYPES)
            return WASI_EINVAL;
        if (look(waiting, &wanted, &event))
            wasi_guest_put(
                guest, wasi_at_plus(out, (uint64_t)events++ * sizeof(event)),
                &event, sizeof(event));
    }
    *ret_events = events;
    return 0;
}

/* Are the lists, and the place for the number of events, in memory? */
static int check(const struct wasi *wasi, const viv_value *args)
{
    uint64_t count = args[2].i32;
    char *span;
    int code;

    if (count == 0 || count > SUBSCRIPTIONS_MAX)
        return WASI_EINVAL;
    code = wasi_guest_span(&wasi->guest, wasi_at(args[0].i32),
                           count * sizeof(struct wasi_subscription), &span);
    if (code == 0)
        code = wasi_guest_span(&wasi->guest, wasi_at(args[1].i32),
                               count * sizeof(struct wasi_event), &span);
    if (code == 0)
        code = wasi_guest_span(&wasi->guest, wasi_at(args[3].i32),
                               sizeof(uint32_t), &span);
    return code;
}

int wasi_abi_poll_oneoff(struct wasi *wasi, const viv_value *args)
{
    struct waiting waiting = {
        .wasi = wasi,
        .now = os_clock_now(),
        .first = OS_NUDGE_NEVER,
    };
    uint32_t events;
    int code = check(wasi, args);

    if (!wasi->is_again)
        wasi->first_asked = waiting.now;
    if (code == 0)
        code = look_at_all(&waiting, wasi_at(args[0].i32), wasi_at(args[1].i32),
                           args[2].i32, &events);
    if (code != 0)
        return code;
    if (events == 0) {
        wasi->wakes_at = waiting.first;
        return WASI_AGAIN;
    }
    wasi_clock_slept(wasi, waiting.slept);
    return wasi_guest_put_u32(&wasi->guest, wasi_at(args[3].i32), events);
}
