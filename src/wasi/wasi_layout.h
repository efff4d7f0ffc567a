/* wasi_layout.h - preview 1's structures, as they lie in guest memory.
 *
 * Floor 6.  Little-endian, as this machine is, and each field aligned to its
 * own size; what is between is zeros.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_LAYOUT_H
#define WASI_LAYOUT_H

#include <assert.h>
#include <stdint.h>

#include "vfs/vfs_ops.h"
#include "wasi/wasi.h"

enum wasi_filetype {
    WASI_FILETYPE_UNKNOWN = 0,
    WASI_FILETYPE_CHARACTER_DEVICE = 2,
    WASI_FILETYPE_DIRECTORY = 3,
    WASI_FILETYPE_REGULAR_FILE = 4,
    WASI_FILETYPE_SYMBOLIC_LINK = 7
};

struct wasi_fdstat {
    uint8_t filetype;
    uint8_t unused1;
    uint16_t flags;
    uint32_t unused2;
    uint64_t rights;
    uint64_t rights_inheriting;
};

struct wasi_filestat {
    uint64_t dev;
    uint64_t ino;
    uint8_t filetype;
    uint8_t unused[7];
    uint64_t links;
    uint64_t bytes;
    uint64_t accessed;
    uint64_t modified;
    uint64_t changed;
};

struct wasi_prestat {
    uint8_t tag;
    uint8_t unused[3];
    uint32_t name_len;
};

struct wasi_dirent {
    uint64_t next;
    uint64_t ino;
    uint32_t name_len;
    uint8_t filetype;
    uint8_t unused[3];
};

struct wasi_subscription {
    uint64_t userdata;
    uint8_t type; /* enum wasi_event_type */
    uint8_t unused1[7];
    union {
        uint32_t clock;
        uint32_t fd;
    };
    uint32_t unused2;
    uint64_t timeout;
    uint64_t precision;
    uint16_t flags; /* WASI_ABSTIME */
    uint8_t unused3[6];
};

struct wasi_event {
    uint64_t userdata;
    uint16_t error;
    uint8_t type; /* enum wasi_event_type */
    uint8_t unused1[5];
    uint64_t bytes;
    uint16_t flags; /* WASI_HANGUP */
    uint8_t unused2[6];
};

enum wasi_event_type {
    WASI_EVENT_CLOCK,
    WASI_EVENT_READ,
    WASI_EVENT_WRITE,
    WASI_EVENT_TYPES
};

#define WASI_ABSTIME 1u /* the timeout is a time, not a stretch of it */
#define WASI_HANGUP  1u /* nothing more comes, or nobody reads */

static_assert(sizeof(struct wasi_fdstat) == 24, "the specification's size");
static_assert(sizeof(struct wasi_filestat) == 64, "the specification's size");
static_assert(sizeof(struct wasi_prestat) == 8, "the specification's size");
static_assert(sizeof(struct wasi_dirent) == 24, "the specification's size");
static_assert(sizeof(struct wasi_subscription) == 48,
              "the specification's size");
static_assert(sizeof(struct wasi_event) == 32, "the specification's size");

/* What the guest is told of a thing of this enum vfs_type, behind `fd`. */
uint8_t wasi_filetype(const struct wasi *wasi, uint32_t fd, uint8_t type);

/* The same of something that has no descriptor. */
uint8_t wasi_filetype_of(uint8_t type);

/* Write down what is known of a file. */
int wasi_put_stat(const struct wasi *wasi, struct wasi_at at,
                  const struct vfs_stat *stat, uint8_t filetype);

#endif /* WASI_LAYOUT_H */
