/* aot_profile.c - profiles that runs of an instrumented module left.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_profile.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_file.h"
#include "os/os_path.h"
#include "os/os_process.h"

#define MERGER "llvm-profdata-19"
#define MERGED "merged.profdata"

#define PROFILE_BYTES_MAX ((uint64_t)1 << 30)

static bool ends_with(const char *text, const char *tail)
{
    size_t len = strlen(text), tail_len = strlen(tail);

    return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

/* llvm-profdata takes folders and merges what is in them. */
static int merge(const char *path, const struct os_scratch *scratch,
                 char ret_arg[AOT_PROFILE_ARG_MAX], viv_error *err)
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
    (void)!snprintf(ret_arg, AOT_PROFILE_ARG_MAX, "-fprofile-use=%s/" MERGED,
                    scratch->path);
    return 0;
}

/* gcc names a profile by the whole path of the object, which was in a scratch
 * folder of its own: `#tmp#vivarium-0-HJfV7I#unit3.gcda`.  Returns "unit3.gcda"
 * of that. */
static const char *unit_of(const char *name)
{
    const char *hash = strrchr(name, '#');

    return hash != NULL ? hash + 1 : name;
}

static int copy_one(const char *folder, const char *name,
                    const struct os_scratch *scratch, viv_error *err)
{
    char path[AOT_PROFILE_PATH_MAX + NAME_MAX];
    uint8_t *bytes;
    size_t len;
    int r;

    (void)!snprintf(path, sizeof(path), "%s/%s", folder, name);
    r = os_file_read_all(path, PROFILE_BYTES_MAX, &bytes, &len, err);
    if (r < 0)
        return r;
    r = os_scratch_write(scratch, unit_of(name), bytes, len, err);
    base_free(bytes);
    return r;
}

/* Does this name stand for the same unit as one before it? */
static bool is_second(char **names, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(unit_of(names[i]), unit_of(names[index])) == 0)
            return true;
    return false;
}

static int copy_all(const char *folder, char **names,
                    const struct os_scratch *scratch, viv_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && names[i] != NULL; i++) {
        if (is_second(names, i))
            return base_error(err, VIV_EINVAL,
                              "%s has profiles of two compiles of %s: give "
                              "each module a folder of its own",
                              folder, unit_of(names[i]));
        r = copy_one(folder, names[i], scratch, err);
    }
    return r;
}

/* A folder: what is in it? */
static int find_in_folder(const char *folder, const struct os_scratch *scratch,
                          char ret_arg[AOT_PROFILE_ARG_MAX], viv_error *err)
{
    char **raw = NULL, **gcc = NULL;
    int r = os_path_list(folder, ".profraw", &raw, err);

    if (r == 0)
        r = os_path_list(folder, ".gcda", &gcc, err);
    if (r == 0 && raw[0] != NULL) {
        r = merge(folder, scratch, ret_arg, err);
    } else if (r == 0 && gcc[0] != NULL) {
        r = copy_all(folder, gcc, scratch, err);
        (void)!snprintf(ret_arg, AOT_PROFILE_ARG_MAX, "-fprofile-use");
    } else if (r == 0) {
        r = base_error(err, VIV_ENOTFOUND,
                       "there are no profiles in %s: run a module compiled "
                       "with --pgo-generate first",
                       folder);
    }
    base_free(raw);
    base_free(gcc);
    return r;
}

int aot_profile_find(const char *path, const struct os_scratch *scratch,
                     char ret_arg[AOT_PROFILE_ARG_MAX], viv_error *err)
{
    char absolute[AOT_PROFILE_PATH_MAX];
    struct os_file file;
    int r = os_path_absolute(path, absolute, sizeof(absolute), err);

    if (r < 0)
        return r;
    if (os_path_is_folder(absolute))
        return find_in_folder(absolute, scratch, ret_arg, err);
    /* A file that is not there would be gcc's to pass over in silence. */
    r = os_file_open(absolute, &file, err);
    if (r < 0)
        return r;
    os_file_close(&file);
    if (ends_with(path, ".profraw"))
        return merge(absolute, scratch, ret_arg, err);
    (void)!snprintf(ret_arg, AOT_PROFILE_ARG_MAX, "-fprofile-use=%s", absolute);
    return 0;
}
