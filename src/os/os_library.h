/* os_library.h - native code from a file.
 *
 * Floor 1.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_LIBRARY_H
#define OS_LIBRARY_H

#include <stdint.h>

#include "os/os_file.h"
#include "vivarium.h"

struct os_library {
    void *handle;
    struct os_file file; /* owned while the code is mapped */
};

/* Map the shared object that `file` is open on: this very file, whatever its
 * path has come to mean since.  All symbols are resolved now and none are given
 * to others.  Runs the object's constructors.
 *
 * Takes `file` on success: os_library_close() closes it.  `path` is for the
 * sentence.  Fails with VIV_EFORMAT. */
int os_library_open(struct os_file *file, const char *path,
                    struct os_library *ret_library, viv_error *err);

/* The address of a symbol, or NULL. */
void *os_library_find(const struct os_library *library, const char *symbol);

/* Where code may be executed: the first address, and the one after the last.
 * Both are 0 when there is none. */
void os_library_code(const struct os_library *library, uintptr_t *ret_at,
                     uintptr_t *ret_end);

/* The tables by which debuggers and exceptions leave a function. */
struct os_library_unwind {
    uintptr_t load_address; /* what addresses in the file count from */
    const uint8_t *bytes;   /* readable, and holds the tables; or NULL */
    size_t len;
    size_t header_at; /* .eh_frame_hdr, within these bytes */
    size_t header_len;
};

/* Where they were mapped.  Borrowed from the library. */
struct os_library_unwind os_library_unwind(const struct os_library *library);

/* Unmap, unless the same file was opened once more. */
void os_library_close(struct os_library *library);

#endif /* OS_LIBRARY_H */
