/* fuzz_engine_object.c - any bytes at all, as the file of a compiled module.
 *
 * Only the reader that comes before the system's loader: the shared object's
 * headers, its notes, and our header among them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/engine_object.h"
#include "target.h"

static void expect_sentence(int code, const viv_error *err, const char *path)
{
    CHECK(code == err->code);
    CHECK(code == VIV_EFORMAT || code == VIV_EVERSION || code == VIV_ENOMEM);
    CHECK(memchr(err->text, '\0', sizeof(err->text)) != NULL);
    CHECK(code == VIV_ENOMEM || strstr(err->text, path) != NULL);
}

static void expect_header(const struct engine_header *header)
{
    CHECK(header->magic == ENGINE_HEADER_MAGIC);
    CHECK(header->abi_version == ENGINE_ABI_VERSION);
    CHECK(strlen(header->viv_version) < sizeof(header->viv_version));
    CHECK(strlen(header->cc) < sizeof(header->cc));
    CHECK(strlen(header->options) < sizeof(header->options));
}

static void open_object(const char *path)
{
    struct engine_header header;
    struct os_file file;
    viv_error err;
    int code = engine_object_open(path, &file, &header, &err);

    if (code < 0) {
        expect_sentence(code, &err, path);
        return;
    }
    expect_header(&header);
    code = engine_object_check(path, &header, &err);
    if (code < 0)
        expect_sentence(code, &err, path);
    else
        CHECK(header.target == ENGINE_TARGET_GS ||
              header.target == ENGINE_TARGET_PORTABLE);
    os_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    char path[64];

    CHECK(fd >= 0);
    CHECK(write(fd, bytes, len) == (ssize_t)len);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    open_object(path);
    close(fd);
    return 0;
}
