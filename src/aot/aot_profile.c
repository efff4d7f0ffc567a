/* aot_profile.c - profiles that runs of an instrumented module left.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_profile.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_path.h"
#include "os/os_process.h"

#define MERGER "llvm-profdata-19"
#define MERGED "merged.profdata"

static bool ends_with(const char *text, const char *tail)
{
    size_t len = strlen(text), tail_len = strlen(tail);

    return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

/* llvm-profdata takes folders and merges what is in them. */
static int merge(const char *path, const struct os_scratch *scratch,
                 char ret_path[AOT_PROFILE_PATH_MAX], viv_error *err)
{
    const char *args[] = {MERGER, "merge", "-o", MERGED, path, NULL};
    struct os_process process;
    struct os_exit how;
    int r = os_process_start(args, scratch->path, NULL, &process, err);

    if (r == 0)
        r = os_process_wait(&process, &how, err);
    if (r < 0)
        return r;
    if (how.code != 0)
        return base_error(err, VIV_EFORMAT,
                          MERGER " cannot make a profile of %s", path);
    os_scratch_path(scratch, MERGED, ret_path, AOT_PROFILE_PATH_MAX);
    return 0;
}

static int count_files(const char *path, const char *suffix, size_t *ret_count,
                       viv_error *err)
{
    char **names;
    int r = os_path_list(path, suffix, &names, err);

    *ret_count = 0;
    if (r < 0)
        return r;
    while (names[*ret_count] != NULL)
        ++*ret_count;
    base_free(names);
    return 0;
}

int aot_profile_find(const char *path, const struct os_scratch *scratch,
                     char ret_path[AOT_PROFILE_PATH_MAX], viv_error *err)
{
    char absolute[AOT_PROFILE_PATH_MAX];
    size_t raw, gcc;
    int r = os_path_absolute(path, absolute, sizeof(absolute), err);

    if (r < 0)
        return r;
    if (ends_with(path, ".profraw"))
        return merge(absolute, scratch, ret_path, err);
    if (os_path_is_folder(path)) {
        r = count_files(path, ".profraw", &raw, err);
        if (r == 0)
            r = count_files(path, ".gcda", &gcc, err);
        if (r < 0)
            return r;
        if (raw > 0)
            return merge(absolute, scratch, ret_path, err);
        if (gcc == 0)
            return base_error(err, VIV_ENOTFOUND,
                              "there are no profiles in %s: run a module "
                              "compiled with --pgo-generate first",
                              path);
    }
    memcpy(ret_path, absolute, sizeof(absolute));
    return 0;
}
