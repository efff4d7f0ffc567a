/* guest_nursery.c - where small objects begin: close together.
 *
 * CPython's allocator gives each size of object a page of its own, and there
 * are 64 sizes; a run of one line would write to fifty pages for what fits in
 * three.  What is written to has to be undone before the next run.  So small
 * objects come from here first, in the order in which they are asked for, until
 * it is full; after that, and for all else, from CPython's.
 *
 *     bytes   | span of 16 | span of 48 | span of 16 | ... |  never used  |
 *                                                          ^ next
 *
 * A span is for objects of one class of sizes, for good.  What is freed is the
 * next to be given out of its class.  Opened when the image is ready, so that
 * none of the image's own objects are here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

#include <internal/pycore_pymem_init.h>

#define NURSERY_BYTES ((size_t)256 << 10)
#define UNIT_BYTES    256
#define UNITS         (NURSERY_BYTES / UNIT_BYTES)

/* Classes: up to 256 bytes in steps of 16, up to 512 in steps of 64. */
#define SMALL_MAX   256
#define SMALL_STEP  16
#define LARGE_MAX   512
#define LARGE_STEP  64
#define SMALL_COUNT (SMALL_MAX / SMALL_STEP)
#define CLASSES     (SMALL_COUNT + (LARGE_MAX - SMALL_MAX) / LARGE_STEP)

struct freed {
    struct freed *next;
};

static _Alignas(4096) unsigned char bytes[NURSERY_BYTES];

static struct {
    struct freed *freed[CLASSES];
    unsigned char *at[CLASSES], *end[CLASSES]; /* of the latest span */
    unsigned char *next;                       /* NULL: it is closed */
    uint8_t class_of[UNITS];
} nursery;

static size_t class_for(size_t size)
{
    return size <= SMALL_MAX
               ? (size - 1) / SMALL_STEP
               : SMALL_COUNT + (size - SMALL_MAX - 1) / LARGE_STEP;
}

static size_t size_of(size_t class)
{
    return class < SMALL_COUNT
               ? (class + 1) * SMALL_STEP
               : SMALL_MAX + (class - SMALL_COUNT + 1) * LARGE_STEP;
}

/* Four objects, if they are not large. */
static size_t span_for(size_t size)
{
    return size <= UNIT_BYTES / 4   ? UNIT_BYTES
           : size <= UNIT_BYTES / 2 ? (size_t)2 * UNIT_BYTES
                                    : (size_t)4 * UNIT_BYTES;
}

static bool add_span(size_t class)
{
    size_t size = size_of(class), span = span_for(size);
    unsigned char *at = nursery.next;

    if (at == NULL || (size_t)(bytes + NURSERY_BYTES - at) < span)
        return false;
    nursery.next = at + span;
    nursery.at[class] = at;
    nursery.end[class] = at + span / size * size;
    memset(&nursery.class_of[(size_t)(at - bytes) / UNIT_BYTES], (int)class,
           span / UNIT_BYTES);
    return true;
}

/* Room for an object of `size` bytes, or NULL. */
static inline void *take(size_t size)
{
    size_t class;
    struct freed *freed;
    void *at;

    if (size - 1 >= LARGE_MAX)
        return NULL;
    class = class_for(size);
    freed = nursery.freed[class];
    if (freed != NULL) {
        nursery.freed[class] = freed->next;
        return freed;
    }
    if (nursery.at[class] == nursery.end[class] && !add_span(class))
        return NULL;
    at = nursery.at[class];
    nursery.at[class] += size_of(class);
    return at;
}

static inline bool is_here(const void *at)
{
    return (size_t)((uintptr_t)at - (uintptr_t)bytes) < NURSERY_BYTES;
}

static size_t class_at(const void *at)
{
    return nursery.class_of[((uintptr_t)at - (uintptr_t)bytes) / UNIT_BYTES];
}

static void give_back(void *at)
{
    struct freed *freed = at;
    size_t class = class_at(at);

    freed->next = nursery.freed[class];
    nursery.freed[class] = freed;
}

/* ------------------------------------------------------------------------
 * As CPython wants it.
 */

static void *nursery_malloc(void *cookie, size_t size)
{
    void *at = take(size);

    return at != NULL ? at : _PyObject_Malloc(cookie, size);
}

static void *nursery_calloc(void *cookie, size_t count, size_t size)
{
    void *at =
        count <= LARGE_MAX && size <= LARGE_MAX ? take(count * size) : NULL;

    return at != NULL ? memset(at, 0, count * size)
                      : _PyObject_Calloc(cookie, count, size);
}

static void nursery_free(void *cookie, void *at)
{
    if (is_here(at))
        give_back(at);
    else
        _PyObject_Free(cookie, at);
}

/* Moved only if it has to be, or would waste most of its room. */
static void *nursery_realloc(void *cookie, void *at, size_t size)
{
    size_t room;
    void *moved;

    if (at == NULL)
        return nursery_malloc(cookie, size);
    if (!is_here(at))
        return _PyObject_Realloc(cookie, at, size);
    room = size_of(class_at(at));
    if (size <= room && size > room / 4)
        return at;
    moved = nursery_malloc(cookie, size);
    if (moved == NULL)
        return size <= room ? at : NULL;
    memcpy(moved, at, size < room ? size : room);
    give_back(at);
    return moved;
}

void guest_nursery_open(void)
{
    PyMemAllocatorEx allocator = {NULL, nursery_malloc, nursery_calloc,
                                  nursery_realloc, nursery_free};

    nursery.next = bytes;
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &allocator);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &allocator);
}
