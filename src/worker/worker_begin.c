/* worker_begin.c - from a charter to a pool that is locked down.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "api/api.h"
#include "base/base_error.h"
#include "engine/engine_link.h"
#include "os/os_enter.h"
#include "os/os_fd.h"
#include "os/os_landlock.h"
#include "os/os_lockdown.h"
#include "os/os_pages.h"
#include "os/os_seccomp.h"
#include "python/python_host.h"
#include "sandbox/sandbox_save.h"
#include "wasi/wasi.h"
#include "wasi/wasi_imports.h"
#include "worker/worker.h"
#include "worker/worker_ask.h"

/* Jobs that have not begun: the parent sends no more than there are sandboxes,
 * and a few. */
#define QUEUE_MAX 1000000

/* A sandbox has a descriptor, and a pack while it is mapped; a guest that has a
 * directory of the host can have as many files open as WASI lets it. */
#define FILES_FIRST 64
#define FILES_EACH  4

/* ------------------------------------------------------------------------
 * Mapping.
 */

static int link_module(const struct crew_terms *terms,
                       struct engine_module *module,
                       struct engine_link **ret_link, viv_error *err)
{
    const viv_import *rows;
    size_t count;

    if (terms->is_python)
        return python_host_link(module, terms->pack, terms->functions,
                                terms->function_count, ret_link, err);
    rows = wasi_imports(&count);
    return api_link(module, rows, count, ret_link, err);
}

/* The name by which this process can open what it was given. */
static void name_fd(int fd, char name[32])
{
    snprintf(name, 32, "/proc/self/fd/%d", fd);
}

static int map(struct worker *worker, const int fds[CREW_FDS], viv_error *err)
{
    struct engine_module *module;
    struct engine_link *link;
    struct sandbox_image *image;
    char name[32];
    int code;

    worker_ask_init(worker->fd, worker->terms.functions,
                    worker->terms.function_count);
    name_fd(fds[CREW_FD_MODULE], name);
    code = engine_module_load(name, &module, err);
    if (code < 0)
        return code;
    code = link_module(&worker->terms, module, &link, err);
    engine_module_unref(module);
    if (code < 0)
        return code;
    name_fd(fds[CREW_FD_IMAGE], name);
    code = sandbox_save_open(link, name, &image, err);
    engine_link_unref(link);
    if (code == 0)
        worker->image = (viv_image *)image;
    return code;
}

/* ------------------------------------------------------------------------
 * Locking down.
 */

/* What may be opened, as far as it is of the host. */
static size_t list_paths(const viv_wasi *wasi,
                         struct os_landlock_path paths[WASI_MOUNTS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < wasi->mount_count; i++) {
        const viv_mount *mount = &wasi->mounts[i];

        if (mount->kind != VIV_MOUNT_MEMORY)
            paths[count++] = (struct os_landlock_path){
                .path = mount->host,
                .is_directory = mount->kind == VIV_MOUNT_HOST,
                .is_writable = mount->kind == VIV_MOUNT_HOST && mount->writable,
            };
    }
    return count;
}

/* Without Landlock there is seccomp still. */
static int give_up_files(const struct worker *worker, viv_error *err)
{
    struct os_landlock_path paths[WASI_MOUNTS_MAX];
    size_t count = list_paths(&worker->terms.wasi, paths);
    int code = os_lockdown_begin(err);

    if (code == 0 && os_landlock_version() > 0)
        code = os_landlock_enter(paths, count, err);
    return code;
}

static bool has_mount(const viv_wasi *wasi, uint32_t writable)
{
    for (size_t i = 0; i < wasi->mount_count; i++)
        if (wasi->mounts[i].kind == VIV_MOUNT_HOST &&
            wasi->mounts[i].writable >= writable)
            return true;
    return false;
}

/* What of the kernel's files will be needed is open by now: resets ask which
 * pages are dirty. */
static void look_at_pages(void)
{
    static char page[2 * OS_PAGE_BYTES] __attribute__((aligned(OS_PAGE_BYTES)));
    struct os_pages pages;
    struct os_pages_run run;

    os_pages_begin(&pages, page, page + sizeof(page));
    while (os_pages_next(&pages, &run))
        continue;
}

static int give_up_calls(const struct worker *worker, viv_error *err)
{
    struct os_landlock_path paths[WASI_MOUNTS_MAX];
    const viv_wasi *wasi = &worker->terms.wasi;
    uint64_t files = FILES_FIRST + FILES_EACH * worker->terms.config.max;
    bool may_write = has_mount(wasi, 1);
    unsigned what = 0;
    int code;

    if (list_paths(wasi, paths) > 0)
        what |= OS_SECCOMP_FILES;
    if (may_write)
        what |= OS_SECCOMP_CHANGES;
    if (has_mount(wasi, 0))
        files += (uint64_t)WASI_DESCRIPTORS * worker->terms.config.max;
    code = os_lockdown_limit(files, may_write, err);
    return code < 0 ? code : os_seccomp_enter(what, err);
}

/* ------------------------------------------------------------------------
 * All of it.
 */

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *err)
{
    return wasi_apply(api_sandbox(sandbox), cookie, err);
}

/* Its thread begins here, and has given up what this one has. */
static int open_pool(struct worker *worker, viv_error *err)
{
    viv_pool_config config = worker->terms.config;
    viv_executor_config work;
    int code;

    config.limits = &worker->terms.limits;
    config.prepare = worker->terms.has_wasi ? prepare : NULL;
    config.cookie = &worker->terms.wasi;
    code = viv_pool_new(worker->image, &config, &worker->pool, err);
    if (code < 0)
        return code;
    viv_executor_config_default(&work);
    work.threads = 1;
    work.queue_max = QUEUE_MAX;
    work.slice_ns = worker->terms.slice_ns;
    return viv_executor_new(&work, &worker->executor, err);
}

/* Nothing at all: but then there is a sandbox, with all that it may have open,
 * and its thread has begun and has its timer. */
static int run_nothing(viv_sandbox *sandbox, void *cookie,
                       viv_outcome *ret_outcome, viv_error *err)
{
    (void)sandbox;
    (void)cookie;
    *ret_outcome = (viv_outcome){.kind = VIV_RETURNED};
    return os_enter_thread(err);
}

static int try_out(struct worker *worker, viv_error *err)
{
    viv_task task = {
        .size = sizeof(task), .start = run_nothing, .resume = run_nothing};
    viv_job_result result;
    viv_job *job;
    int code = viv_submit(worker->executor, worker->pool, &task, &job, err);

    if (code < 0)
        return code;
    code = viv_job_wait(job, VIV_ENDLESS, &result);
    viv_job_free(job);
    if (code == 0 && result.code < 0)
        code = base_error(err, result.code, "%s", result.err.text);
    return code;
}

int worker_begin(struct worker *worker, const void *charter, size_t len,
                 const int fds[CREW_FDS], viv_error *err)
{
    int code = crew_charter_read(charter, len, &worker->terms, err);

    if (code == 0)
        code = map(worker, fds, err);
    os_fd_close(fds[CREW_FD_MODULE]);
    os_fd_close(fds[CREW_FD_IMAGE]);
    look_at_pages();
    if (code == 0)
        code = give_up_files(worker, err);
    if (code == 0)
        code = open_pool(worker, err);
    if (code == 0)
        code = try_out(worker, err);
    return code < 0 ? code : give_up_calls(worker, err);
}
