/* os_path.c - paths, as the embedder gives them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_path.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_fail.h"

int os_path_absolute(const char *path, char *ret_path, size_t size,
                     viv_error *err)
{
    char here[PATH_MAX] = "";
    const char *slash = "";
    int len;

    if (path[0] != '/') {
        if (os_fail_now() || getcwd(here, sizeof(here)) == NULL)
            return base_error(err, VIV_EIO,
                              "cannot tell the current folder: %s",
                              strerror(errno));
        slash = "/";
    }
    len = snprintf(ret_path, size, "%s%s%s", here, slash, path);
    if (len < 0 || (size_t)len >= size)
        return base_error(err, VIV_EINVAL, "the path is too long: %s", path);
    return 0;
}

bool os_path_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int os_path_make_folder(const char *path, viv_error *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof(part))
        return base_error(err, VIV_EINVAL, "not a folder's path: \"%s\"", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if ((os_fail_now() || mkdir(part, 0777) < 0) && errno != EEXIST)
            return base_error(err, VIV_EIO, "cannot make the folder %s: %s",
                              part, strerror(errno));
    }
    return 0;
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t len = strlen(name), tail = strlen(suffix);

    return len > tail && memcmp(name + len - tail, suffix, tail + 1) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Put the names that `texts` holds one after the other, each with its NUL,
 * behind an array of pointers to them. */
static char **index_names(const char *texts, size_t bytes, size_t count)
{
    size_t table = (count + 1) * sizeof(char *);
    char **names = base_alloc(table + bytes);
    char *at;

    if (names == NULL)
        return NULL;
    at = (char *)names + table;
    if (bytes > 0)
        memcpy(at, texts, bytes);
    for (size_t i = 0; i < count; i++) {
        names[i] = at;
        at += strlen(at) + 1;
    }
    names[count] = NULL;
    qsort(names, count, sizeof(*names), by_name);
    return names;
}

int os_path_list(const char *path, const char *suffix, char ***ret_names,
                 viv_error *err)
{
    DIR *dir = os_fail_now() ? NULL : opendir(path);
    struct dirent *entry;
    char *texts = NULL;
    size_t bytes = 0, count = 0;
    bool failed = false;

    if (dir == NULL)
        return base_error(err, VIV_EIO, "cannot read the folder %s: %s", path,
                          strerror(errno));
    while (!failed && (entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name) + 1;
        char *more;

        if (!ends_with(entry->d_name, suffix))
            continue;
        more = base_alloc_array(texts, bytes + len, 1);
        failed = more == NULL;
        if (failed)
            continue;
        texts = more;
        memcpy(texts + bytes, entry->d_name, len);
        bytes += len;
        count++;
    }
    closedir(dir);
    *ret_names = failed ? NULL : index_names(texts, bytes, count);
    base_free(texts);
    return *ret_names == NULL ? base_error_memory(err) : 0;
}
