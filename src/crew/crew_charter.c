/* crew_charter.c - what a worker is to be: all that a pool is, as data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_charter.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_fd.h"
#include "python/python_box.h"
#include "python/python_host.h"
#include "python/python_question.h"
#include "sandbox/sandbox_save.h"
#include "wasi/wasi.h"
#include "wasi/wasi_imports.h"

/* Arguments, environment and input, 16 MiB each, and the rest. */
#define MESSAGE_MAX ((size_t)64 << 20)

/* ------------------------------------------------------------------------
 * Can it be data?
 */

/* Is this one of the library's own functions? */
static bool is_known(viv_host_func *func)
{
    size_t wasi_count, door_count;
    const viv_import *wasi = wasi_imports(&wasi_count);
    const viv_import *door = python_question_imports(&door_count);

    for (size_t i = 0; i < wasi_count; i++)
        if (wasi[i].func == func)
            return true;
    for (size_t i = 0; i < door_count; i++)
        if (door[i].func == func)
            return true;
    return false;
}

static int check_imports(const struct engine_link *link, viv_error *err)
{
    const struct wasm_module *wasm = &link->module->wasm;
    uint32_t func = 0;

    for (uint32_t i = 0; i < wasm->import_count; i++) {
        const struct wasm_import *import = &wasm->imports[i];

        if (import->kind == WASM_FUNC &&
            is_known(link->host_funcs[func++].func))
            continue;
        return base_error(err, VIV_EUNSUPPORTED,
                          "the import \"%.100s\" of \"%.100s\" is answered by "
                          "this process: it cannot be in a worker process",
                          (const char *)import->name.at,
                          (const char *)import->module.at);
    }
    return 0;
}

static int check_streams(const viv_wasi *said, viv_error *err)
{
    const char *name = said->stdin_func != NULL    ? "input"
                       : said->stdout_func != NULL ? "output"
                       : said->stderr_func != NULL ? "error"
                                                   : NULL;

    return name == NULL
               ? 0
               : base_error(err, VIV_EUNSUPPORTED,
                            "standard %s is a function of this process: it "
                            "cannot be that of a worker process",
                            name);
}

/* ------------------------------------------------------------------------
 * Writing.
 */

static void put_python(struct base_buf *buf, const struct python_host *host)
{
    crew_message_text(buf, host != NULL ? host->pack : NULL);
    crew_message_u32(buf, host != NULL ? host->function_count : 0);
    for (uint32_t i = 0; host != NULL && i < host->function_count; i++) {
        const viv_python_function *function = &host->functions[i];

        crew_message_text(buf, function->module);
        crew_message_text(buf, function->name);
        crew_message_text(buf, function->signature);
        crew_message_text(buf, function->doc);
        crew_message_u32(buf, function->awaited);
    }
}

static void put_limits(struct base_buf *buf, const viv_limits *limits)
{
#define PUT(id, name, field, unit, value, meaning)                             \
    crew_message_u64(buf, limits->field);
    VIV_LIMIT_ROWS(PUT)
#undef PUT
}

static uint32_t part(uint32_t all, uint32_t count)
{
    return (all + count - 1) / count;
}

static void put_config(struct base_buf *buf, const viv_pool_config *config,
                       uint32_t count)
{
    crew_message_text(buf, config->name);
    crew_message_u32(buf, config->policy);
    crew_message_u32(buf, part(config->min, count));
    crew_message_u32(buf, part(config->max, count));
    crew_message_u64(buf, config->idle_ns);
    crew_message_u64(buf, config->recycle_bytes);
    crew_message_u64(buf, config->recycle_calls);
    crew_message_u64(buf, config->recycle_ns);
}

static void put_texts(struct base_buf *buf, const struct wasi_texts *texts)
{
    const char *text = texts->bytes;

    crew_message_u32(buf, texts->count);
    for (uint32_t i = 0; i < texts->count; i++) {
        crew_message_bytes(buf, text, strlen(text) + 1);
        text += strlen(text) + 1;
    }
}

static void put_mounts(struct base_buf *buf, const viv_wasi *said)
{
    crew_message_u32(buf, (uint32_t)said->mount_count);
    for (size_t i = 0; i < said->mount_count; i++) {
        const viv_mount *mount = &said->mounts[i];

        crew_message_text(buf, mount->guest);
        crew_message_text(buf, mount->host);
        crew_message_u32(buf, mount->kind);
        crew_message_u32(buf, mount->writable);
        crew_message_u64(buf, mount->bytes_max);
        crew_message_u64(buf, mount->files_max);
    }
}

static void put_wasi(struct base_buf *buf, const struct wasi_grant *grant)
{
    const viv_wasi *said = &grant->said;

    put_texts(buf, &grant->args);
    put_texts(buf, &grant->env);
    put_mounts(buf, said);
    crew_message_bytes(buf, said->stdin_len > 0 ? said->stdin_bytes : "",
                       said->stdin_len);
    crew_message_u64(buf, said->stdout_max);
    crew_message_u64(buf, said->stderr_max);
    crew_message_u32(buf, said->terminals);
    crew_message_u32(buf, said->clock);
    crew_message_u64(buf, said->clock_start_ns);
    crew_message_u32(buf, said->random);
    crew_message_u64(buf, said->random_seed);
}

/* What `prepare` permits to a sandbox like any other. */
static int put_permissions(struct base_buf *buf, struct sandbox *sandbox,
                           viv_error *err)
{
    struct wasi *wasi;
    int code = 0;

    if (python_host_of(sandbox) != NULL && !wasi_is_applied(sandbox))
        code = python_box_apply(sandbox, NULL, err);
    if (code < 0)
        return code;
    crew_message_u32(buf, wasi_is_applied(sandbox));
    if (!wasi_is_applied(sandbox))
        return 0;
    code = wasi_of(sandbox, &wasi, err);
    if (code == 0)
        code = check_streams(&wasi->grant.said, err);
    if (code == 0)
        put_wasi(buf, &wasi->grant);
    return code;
}

static int ask_sample(struct base_buf *buf, const struct pool *pool,
                      viv_error *err)
{
    struct sandbox *sandbox;
    int code = sandbox_from(pool->image, &pool->limits, &sandbox, err);

    if (code < 0)
        return code;
    if (pool->config.prepare != NULL)
        code = pool->config.prepare((viv_sandbox *)sandbox, pool->config.cookie,
                                    err);
    if (code == 0)
        code = put_permissions(buf, sandbox, err);
    sandbox_free(sandbox);
    return code;
}

static int put_all(struct base_buf *buf, const struct pool *pool,
                   uint32_t count, uint64_t slice_ns, viv_error *err)
{
    size_t at = crew_message_begin(buf, CREW_CHARTER, 0);
    int code;

    crew_message_u64(buf, slice_ns);
    put_python(buf, python_host_of_link(pool->image->link));
    put_limits(buf, &pool->limits);
    put_config(buf, &pool->config, count);
    code = ask_sample(buf, pool, err);
    if (code == 0 && !crew_message_end(buf, at))
        code = base_error_memory(err);
    return code;
}

static int take_fds(struct crew_charter *charter,
                    const struct sandbox_image *image, viv_error *err)
{
    int fd = os_fd_copy(image->link->module->library.file.fd);

    if (fd < 0)
        return base_error(err, VIV_EIO, "no descriptor more for a module: %s",
                          strerror(-fd));
    charter->fds[CREW_FD_MODULE] = fd;
    return sandbox_save_share(image, &charter->fds[CREW_FD_IMAGE], err);
}

int crew_charter_init(struct crew_charter *charter, struct pool *pool,
                      uint32_t count, uint64_t slice_ns, viv_error *err)
{
    const struct engine_link *link = pool->image->link;
    int code = check_imports(link, err);

    if (code < 0)
        return code;
    *charter = (struct crew_charter){.fds = {-1, -1}};
    charter->max = part(pool->config.max, count);
    base_buf_init(&charter->message, MESSAGE_MAX);
    code = put_all(&charter->message, pool, count, slice_ns, err);
    if (code == 0)
        code = take_fds(charter, pool->image, err);
    if (code < 0)
        crew_charter_fini(charter);
    return code;
}

void crew_charter_fini(struct crew_charter *charter)
{
    if (charter->message.max == 0)
        return;
    base_buf_fini(&charter->message);
    os_fd_close(charter->fds[CREW_FD_MODULE]);
    os_fd_close(charter->fds[CREW_FD_IMAGE]);
}

/* ------------------------------------------------------------------------
 * Reading.
 */

/* A function has four texts and a number. */
#define FUNCTION_BYTES_MIN (4 * 8 + 4)

static void get_python(struct base_read *read, struct crew_terms *terms)
{
    uint32_t count;

    terms->pack = crew_message_get_string(read);
    terms->is_python = terms->pack != NULL;
    count = base_read_u32le(read);
    if (count > base_read_left(read) / FUNCTION_BYTES_MIN) {
        base_read_fail(read, BASE_READ_LARGE);
        return;
    }
    terms->functions = base_alloc_zero(count + 1, sizeof(*terms->functions));
    if (terms->functions == NULL) {
        base_read_fail(read, BASE_READ_LONG);
        return;
    }
    terms->function_count = count;
    for (uint32_t i = 0; i < count; i++) {
        viv_python_function *function = &terms->functions[i];

        function->module = crew_message_get_string(read);
        function->name = crew_message_get_string(read);
        function->signature = crew_message_get_string(read);
        function->doc = crew_message_get_string(read);
        function->awaited = base_read_u32le(read);
    }
}

static void get_limits(struct base_read *read, viv_limits *ret_limits)
{
    *ret_limits = (viv_limits){.size = sizeof(*ret_limits)};
#define GET(id, name, field, unit, value, meaning)                             \
    ret_limits->field = base_read_u64le(read);
    VIV_LIMIT_ROWS(GET)
#undef GET
}

static void get_config(struct base_read *read, viv_pool_config *ret_config)
{
    *ret_config = (viv_pool_config){.size = sizeof(*ret_config)};
    ret_config->name = crew_message_get_string(read);
    ret_config->policy = base_read_u32le(read);
    ret_config->min = base_read_u32le(read);
    ret_config->max = base_read_u32le(read);
    ret_config->idle_ns = base_read_u64le(read);
    ret_config->recycle_bytes = base_read_u64le(read);
    ret_config->recycle_calls = base_read_u64le(read);
    ret_config->recycle_ns = base_read_u64le(read);
}

/* Behind the `*count` texts that there are already. */
static size_t get_texts(struct base_read *read, struct crew_terms *terms,
                        size_t *count)
{
    uint32_t more = base_read_u32le(read);
    const char **texts;

    if (more > base_read_left(read) / sizeof(uint64_t))
        base_read_fail(read, BASE_READ_LARGE);
    if (read->status != BASE_READ_OK)
        return 0;
    texts = base_alloc_array(terms->texts, *count + more + 1, sizeof(*texts));
    if (texts == NULL) {
        base_read_fail(read, BASE_READ_LONG);
        return 0;
    }
    terms->texts = texts;
    for (uint32_t i = 0; i < more; i++) {
        const char *text = crew_message_get_string(read);

        texts[(*count)++] = text != NULL ? text : "";
    }
    return more;
}

static void get_mounts(struct base_read *read, struct crew_terms *terms)
{
    uint32_t count = base_read_u32le(read);

    if (count > WASI_MOUNTS_MAX) {
        base_read_fail(read, BASE_READ_LARGE);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        viv_mount *mount = &terms->mounts[i];

        mount->guest = crew_message_get_string(read);
        mount->host = crew_message_get_string(read);
        mount->kind = base_read_u32le(read);
        mount->writable = base_read_u32le(read);
        mount->bytes_max = base_read_u64le(read);
        mount->files_max = base_read_u64le(read);
    }
    terms->wasi.mounts = terms->mounts;
    terms->wasi.mount_count = count;
}

static void get_wasi(struct base_read *read, struct crew_terms *terms)
{
    viv_wasi *wasi = &terms->wasi;
    size_t count = 0;

    *wasi = (viv_wasi){.size = sizeof(*wasi)};
    wasi->arg_count = get_texts(read, terms, &count);
    wasi->env_count = get_texts(read, terms, &count);
    get_mounts(read, terms);
    wasi->stdin_bytes = crew_message_get_bytes(read, &wasi->stdin_len);
    wasi->stdout_max = base_read_u64le(read);
    wasi->stderr_max = base_read_u64le(read);
    wasi->terminals = base_read_u32le(read);
    wasi->clock = base_read_u32le(read);
    wasi->clock_start_ns = base_read_u64le(read);
    wasi->random = base_read_u32le(read);
    wasi->random_seed = base_read_u64le(read);
    wasi->args = terms->texts;
    wasi->env = terms->texts != NULL ? terms->texts + wasi->arg_count : NULL;
}

int crew_charter_read(const void *body, size_t len,
                      struct crew_terms *ret_terms, viv_error *err)
{
    struct base_read read;

    memset(ret_terms, 0, sizeof(*ret_terms));
    base_read_init(&read, body, len, 0);
    ret_terms->slice_ns = base_read_u64le(&read);
    get_python(&read, ret_terms);
    get_limits(&read, &ret_terms->limits);
    get_config(&read, &ret_terms->config);
    ret_terms->has_wasi = base_read_u32le(&read) != 0;
    if (ret_terms->has_wasi)
        get_wasi(&read, ret_terms);
    if (crew_message_is_done(&read))
        return 0;
    crew_terms_fini(ret_terms);
    return base_error(err, VIV_EFORMAT, "the charter makes no sense");
}

void crew_terms_fini(struct crew_terms *terms)
{
    base_free(terms->texts);
    base_free(terms->functions);
    terms->texts = NULL;
    terms->functions = NULL;
}
