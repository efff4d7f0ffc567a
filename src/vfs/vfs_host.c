/* vfs_host.c - a directory of the host: its life, and what is open.
 *
 * Invariants
 *     1. a slot is free or has a generation and an open descriptor
 *     2. open_count of them are not free; the free ones are a list that begins
 *        at first_free and ends with slots_max
 *     3. no generation was given before in this process
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_host.h"

#include <stdatomic.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_beneath.h"
#include "vfs/vfs_host_budget.h"

/* The parts of an id. */
#define SLOT_BITS 16
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

static uint64_t next_generation(void)
{
    static _Atomic uint64_t last;

    return atomic_fetch_add(&last, 1) + 1;
}

/* ------------------------------------------------------------------------
 * Its life.
 */

static void free_all_slots(struct vfs_host *host)
{
    for (uint32_t i = 0; i < host->slots_max; i++)
        host->slots[i] = (struct vfs_host_slot){.fd = -1, .next_free = i + 1};
    host->first_free = 0;
    host->open_count = 0;
}

static int init(struct vfs_host *host, const char *path, uint32_t open_max,
                viv_error *err)
{
    struct os_fd_facts facts;
    int code;

    host->slots_max = open_max;
    host->slots = base_alloc_zero(open_max, sizeof(host->slots[0]));
    if (host->slots == NULL)
        return base_error_memory(err);
    free_all_slots(host);
    code = os_beneath_root(path, &host->root, err);
    if (code < 0)
        return code;
    if (os_fd_examine(host->root, &facts) < 0)
        return base_error(err, VIV_EIO, "cannot examine the directory '%s'",
                          path);
    host->root_ino = facts.ino;
    host->file_bytes_max = os_fd_bytes_max();
    return 0;
}

static void forget(void *fs)
{
    struct vfs_host *host = fs;

    if (host->open_count == 0)
        return;
    for (uint32_t i = 0; i < host->slots_max; i++) {
        if (host->slots[i].generation == 0)
            continue;
        vfs_host_budget_close(host, &host->slots[i]);
        os_fd_close(host->slots[i].fd);
        host->slots[i].generation = 0;
    }
    free_all_slots(host);
}

static void give_back(void *fs)
{
    struct vfs_host *host = fs;

    forget(host);
    os_fd_close(host->root);
    base_free(host->slots);
    base_free(host);
}

int vfs_host_new(const char *path, const struct vfs_host_limits *limits,
                 uint32_t open_max, struct vfs_host **ret_host, viv_error *err)
{
    struct vfs_host *host = base_alloc_zero(1, sizeof(*host));
    int code;

    CHECK(open_max <= SLOT_MASK);
    if (host == NULL)
        return base_error_memory(err);
    host->root = -1;
    host->limits = *limits;
    code = init(host, path, open_max, err);
    if (code < 0)
        give_back(host);
    else
        *ret_host = host;
    return code;
}

/* An image holds pages; what is open here is none. */
static bool is_busy(void *fs, char *ret_path, size_t size)
{
    const struct vfs_host *host = fs;

    for (uint32_t i = 0; host->open_count > 0 && i < host->slots_max; i++) {
        if (host->slots[i].generation != 0) {
            os_fd_path(host->slots[i].fd, ret_path, size);
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Slots.
 */

struct vfs_host_slot *vfs_host_slot(const struct vfs_host *host, uint64_t node)
{
    uint32_t place = (uint32_t)node & SLOT_MASK;
    struct vfs_host_slot *slot;

    if (node == 0 || place >= host->slots_max)
        return NULL;
    slot = &host->slots[place];
    return slot->generation != 0 && slot->generation == node >> SLOT_BITS
               ? slot
               : NULL;
}

int vfs_host_fd(const struct vfs_host *host, uint64_t node)
{
    const struct vfs_host_slot *slot = vfs_host_slot(host, node);

    if (node == 0)
        return host->root;
    return slot != NULL ? slot->fd : -1;
}

bool vfs_host_has_room(const struct vfs_host *host)
{
    return host->first_free < host->slots_max;
}

uint64_t vfs_host_add(struct vfs_host *host, int fd,
                      const struct os_fd_facts *facts)
{
    uint32_t place = host->first_free;
    struct vfs_host_slot *slot = &host->slots[place];

    CHECK(vfs_host_has_room(host));
    host->first_free = slot->next_free;
    host->open_count++;
    *slot = (struct vfs_host_slot){
        .generation = next_generation(),
        .fd = fd,
        .dev = facts->dev,
        .ino = facts->ino,
        .bytes = facts->bytes,
    };
    return slot->generation << SLOT_BITS | place;
}

static void close_node(void *fs, uint64_t node)
{
    struct vfs_host *host = fs;
    struct vfs_host_slot *slot = vfs_host_slot(host, node);

    if (slot == NULL)
        return;
    vfs_host_budget_close(host, slot);
    os_fd_close(slot->fd);
    *slot = (struct vfs_host_slot){.fd = -1, .next_free = host->first_free};
    host->first_free = (uint32_t)(slot - host->slots);
    host->open_count--;
}

const struct vfs_ops vfs_host_ops = {
    .open = vfs_host_open,
    .stat_at = vfs_host_stat_at,
    .set_times_at = vfs_host_set_times_at,
    .make_directory = vfs_host_make_directory,
    .remove_directory = vfs_host_remove_directory,
    .unlink = vfs_host_unlink,
    .symlink = vfs_host_symlink,
    .read_link = vfs_host_read_link,
    .link = vfs_host_link,
    .rename = vfs_host_rename,
    .close = close_node,
    .stat = vfs_host_stat,
    .set_times = vfs_host_set_times,
    .read = vfs_host_read,
    .write = vfs_host_write,
    .set_bytes = vfs_host_set_bytes,
    .allocate = vfs_host_allocate,
    .advise = vfs_host_advise,
    .sync = vfs_host_sync,
    .list = vfs_host_list,
    .forget = forget,
    .busy = is_busy,
    .free = give_back,
};
