/* host_wasi.h - a guest that calls any function of preview 1, as it is told.
 *
 * Each function is an export of its own name.  Its arguments lie in guest
 * memory at HOST_WASI_ARGS, eight bytes for each:
 *
 *     HOST_WASI(sandbox, "fd_close", 3)
 *
 * is what the guest got as its answer, and what it was written to memory is
 * read from there.  `grow` grows memory by so many pages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_WASI_H
#define HOST_WASI_H

#include "host.h"

#define HOST_WASI_ARGS 512

/* Errors of preview 1. */
enum {
    HOST_EBADF = 8,
    HOST_EEXIST = 20,
    HOST_EFAULT = 21,
    HOST_EILSEQ = 25,
    HOST_EINVAL = 28,
    HOST_EISDIR = 31,
    HOST_ELOOP = 32,
    HOST_ENAMETOOLONG = 37,
    HOST_ENOENT = 44,
    HOST_ENOTDIR = 54,
    HOST_ENOTCAPABLE = 76
};

/* Its parameters: i is one of 32 bits, l one of 64. */
static const struct {
    const char *name, *params;
} HOST_WASI_FUNCS[] = {
    {"args_get", "ii"},
    {"environ_get", "ii"},
    {"fd_allocate", "ill"},
    {"fd_close", "i"},
    {"fd_fdstat_set_rights", "ill"},
    {"fd_filestat_get", "ii"},
    {"fd_filestat_set_size", "il"},
    {"fd_pread", "iiili"},
    {"fd_pwrite", "iiili"},
    {"fd_read", "iiii"},
    {"fd_readdir", "iiili"},
    {"fd_write", "iiii"},
    {"path_create_directory", "iii"},
    {"path_filestat_get", "iiiii"},
    {"path_filestat_set_times", "iiiilli"},
    {"path_link", "iiiiiii"},
    {"path_open", "iiiiillii"},
    {"path_readlink", "iiiiii"},
    {"path_remove_directory", "iii"},
    {"path_rename", "iiiiii"},
    {"path_symlink", "iiiii"},
    {"path_unlink_file", "iii"},
    {"poll_oneoff", "iiii"},
    {"random_get", "ii"},
};

#define HOST_WASI_FUNC_COUNT                                                   \
    (sizeof(HOST_WASI_FUNCS) / sizeof(HOST_WASI_FUNCS[0]))

HOST_FUNC void host_wasi_import(FILE *out, const char *name, const char *params)
{
    fprintf(out, "(import \"wasi_snapshot_preview1\" \"%s\" (func $%s (param",
            name, name);
    for (; *params != '\0'; params++)
        fprintf(out, " %s", *params == 'l' ? "i64" : "i32");
    fprintf(out, ") (result i32)))\n");
}

HOST_FUNC void host_wasi_export(FILE *out, const char *name, const char *params)
{
    int at = HOST_WASI_ARGS;

    fprintf(out, "(func (export \"%s\") (param i32) (result i32) (call $%s",
            name, name);
    for (; *params != '\0'; params++, at += 8)
        fprintf(out, " (%s.load (i32.const %d))",
                *params == 'l' ? "i64" : "i32", at);
    fprintf(out, "))\n");
}

HOST_FUNC viv_module *host_wasi_module(void)
{
    viv_module *module;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    EXPECT(out != NULL);
    fprintf(out, "(module\n");
    for (size_t i = 0; i < HOST_WASI_FUNC_COUNT; i++)
        host_wasi_import(out, HOST_WASI_FUNCS[i].name,
                         HOST_WASI_FUNCS[i].params);
    fprintf(out, "(memory (export \"memory\") 1 65536)\n"
                 "(func (export \"grow\") (param i32) (result i32)"
                 " (memory.grow (local.get 0)))\n");
    for (size_t i = 0; i < HOST_WASI_FUNC_COUNT; i++)
        host_wasi_export(out, HOST_WASI_FUNCS[i].name,
                         HOST_WASI_FUNCS[i].params);
    fprintf(out, ")\n");
    EXPECT_EQ_INT(fclose(out), 0);
    module = host_module(text);
    free(text);
    return module;
}

/* A guest that is permitted these mounts, of which the first is descriptor 3,
 * and nothing else. */
HOST_FUNC viv_sandbox *host_wasi(const viv_mount *mounts, size_t count,
                                 const viv_limits *limits)
{
    viv_module *module = host_wasi_module();
    size_t import_count;
    const viv_import *imports = viv_wasi_imports(&import_count);
    viv_sandbox *sandbox = host_sandbox(module, imports, import_count, limits);
    viv_error err = {0};
    viv_wasi wasi;

    viv_wasi_default(&wasi);
    wasi.mounts = mounts;
    wasi.mount_count = count;
    if (viv_wasi_apply(sandbox, &wasi, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return sandbox;
}

HOST_FUNC uint32_t host_wasi_ask(viv_sandbox *sandbox, const char *name,
                                 const uint64_t args[9])
{
    EXPECT_EQ_INT(viv_memory_write(sandbox, HOST_WASI_ARGS, args, 72), 0);
    return host_ask(sandbox, name, 0);
}

#define HOST_WASI(sandbox, name, ...)                                          \
    host_wasi_ask(sandbox, name, (const uint64_t[9]){__VA_ARGS__})

#endif /* HOST_WASI_H */
