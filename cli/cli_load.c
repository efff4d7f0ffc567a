/* cli_load.c - a module from a file, which is compiled first if it must be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_load.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aot/aot.h"
#include "cli.h"
#include "cli_progress.h"
#include "cli_said.h"

#define PATH_BYTES 4096

static bool ends_with(const char *text, const char *tail)
{
    size_t len = strlen(text), tail_len = strlen(tail);

    return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

/* The first four bytes, zeros for those that there are not.  What is no plain
 * file is not opened: a pipe would have us wait for its writer. */
static bool read_magic(const char *path, char ret_magic[4])
{
    struct stat info;
    FILE *file = stat(path, &info) == 0 && S_ISREG(info.st_mode)
                     ? fopen(path, "rb")
                     : NULL;

    memset(ret_magic, 0, 4);
    if (file == NULL)
        return false;
    (void)!fread(ret_magic, 1, 4, file);
    fclose(file);
    return true;
}

enum cli_load_kind cli_load_kind_of(const char *path)
{
    char magic[4];
    bool is_file = read_magic(path, magic);

    if (memcmp(magic, "\0asm", 4) == 0)
        return CLI_LOAD_WASM;
    if (memcmp(magic, "\177ELF", 4) == 0)
        return CLI_LOAD_MODULE;
    if (ends_with(path, ".py"))
        return CLI_LOAD_SOURCE;
    return is_file && !ends_with(path, ".wasm") && !ends_with(path, ".viv")
               ? CLI_LOAD_SOURCE
               : CLI_LOAD_MODULE;
}

/* Where compiled modules are kept between runs; false if there is no place. */
static bool cache_folder(const struct cli_load_how *how, char *ret_path,
                         size_t size)
{
    const char *cache = getenv("VIV_CACHE");
    const char *tail = "/modules";
    int len;

    if (cache == NULL) {
        cache = getenv("XDG_CACHE_HOME");
        tail = "/vivarium/modules";
    }
    if (cache == NULL) {
        cache = getenv("HOME");
        tail = "/.cache/vivarium/modules";
    }
    if (cache == NULL || how->no_cache)
        return false;
    len = snprintf(ret_path, size, "%s%s", cache, tail);
    return len > 0 && (size_t)len < size;
}

static int make_options(const struct cli_load_how *how,
                        struct aot_options *ret_options)
{
    aot_options_default(ret_options);
    if (strcmp(how->target, "portable") == 0)
        ret_options->target = AOT_PORTABLE;
    else if (strcmp(how->target, "gs") != 0)
        return cli_usage(&cli_run,
                         "unknown target \"%s\": there are gs and portable",
                         how->target);
    ret_options->fuel = cli_said.limits.fuel != CLI_SAID_NOT;
    cli_progress_watch(ret_options);
    return CLI_OK;
}

/* Compile into a file that has no name any more once it is loaded. */
static int compile_and_load(const char *path, const struct cli_load_how *how,
                            viv_module **ret_module)
{
    const char *folder = getenv("TMPDIR");
    char out[PATH_BYTES], cache[PATH_BYTES];
    struct aot_options aot;
    viv_error err;
    int r, fd;

    if (make_options(how, &aot) != CLI_OK)
        return CLI_USAGE;
    if (cache_folder(how, cache, sizeof(cache)))
        aot.cache = cache;
    snprintf(out, sizeof(out), "%s/viv-run-XXXXXX",
             folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    fd = mkstemp(out);
    if (fd < 0) {
        perror("viv: cannot make a temporary file");
        return CLI_FAILED;
    }
    close(fd);
    unlink(out); /* only the name was wanted: a killed compile leaves nothing */
    r = aot_compile_file(path, out, &aot, NULL, &err);
    cli_progress_end();
    if (r == 0)
        r = viv_module_load(out, ret_module, &err);
    unlink(out);
    return r < 0 ? cli_fail_file(path, &err) : CLI_OK;
}

int cli_load_module(const char *path, const struct cli_load_how *how,
                    viv_module **ret_module)
{
    viv_error err;

    if (cli_load_kind_of(path) == CLI_LOAD_WASM)
        return compile_and_load(path, how, ret_module);
    if (viv_module_load(path, ret_module, &err) < 0)
        return cli_fail_file(path, &err);
    return CLI_OK;
}
