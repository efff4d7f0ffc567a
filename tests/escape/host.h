/* host.h - a program that embeds Vivarium, as the attacks play it.
 *
 * It knows the public header and nothing else; the tests that use it are linked
 * with libvivarium.a, as an embedder's program is.  Guests are WebAssembly text
 * whose functions take one i32 and return one, unless a test needs others.
 * Whatever fails that should not ends the test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_H
#define HOST_H

#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "vivarium.h"

#define HOST_FUNC static inline __attribute__((unused))

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

#define WASM_PAGE UINT64_C(65536)

/* ------------------------------------------------------------------------
 * How we are run.
 */

/* Is this the mode of ./test: "plain", "asan", "tsan" ...? */
HOST_FUNC bool host_is_mode(const char *name)
{
    const char *mode = getenv("VIV_MODE");

    return strcmp(mode != NULL ? mode : "plain", name) == 0;
}

HOST_FUNC bool host_is_gs(void)
{
    const char *target = getenv("VIV_TARGET");

    return target == NULL || strcmp(target, "portable") != 0;
}

/* `full` rounds, or fewer where everything is slow. */
HOST_FUNC uint32_t host_rounds(uint32_t full)
{
    uint32_t share = host_is_mode("plain")      ? 1
                     : host_is_mode("valgrind") ? 200
                                                : 20;

    return full / share + 1;
}

/* Twenty times more time than should be needed, where time is measured. */
HOST_FUNC uint64_t host_patience(uint64_t ns)
{
    return ns * (host_is_mode("plain") ? 20 : 200);
}

/* ------------------------------------------------------------------------
 * Time.
 */

HOST_FUNC uint64_t host_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * VIV_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* All of it, whatever interrupts. */
HOST_FUNC void host_sleep(uint64_t ns)
{
    uint64_t end = host_now() + ns;
    struct timespec until = {.tv_sec = (time_t)(end / VIV_NS_PER_S),
                             .tv_nsec = (long)(end % VIV_NS_PER_S)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
        ;
}

/* Compute, or pretend to. */
HOST_FUNC void host_spin(uint64_t ns)
{
    uint64_t end = host_now() + ns;

    while (host_now() < end)
        ;
}

/* ------------------------------------------------------------------------
 * What is left when the test ends is given back then, so that whoever looks for
 * leaks finds those of the library.
 */

enum { HOST_KEPT_MAX = 512 };

static struct {
    pthread_mutex_t lock;
    size_t count;
    struct {
        void (*give_back)(void *thing);
        void *thing;
    } list[HOST_KEPT_MAX];
} host_kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The latest first. */
HOST_FUNC void host_give_all_back(void)
{
    while (host_kept.count > 0) {
        size_t last = --host_kept.count;

        if (host_kept.list[last].thing != NULL)
            host_kept.list[last].give_back(host_kept.list[last].thing);
    }
}

HOST_FUNC void host_keep(void (*give_back)(void *thing), void *thing)
{
    pthread_mutex_lock(&host_kept.lock);
    if (host_kept.count == 0)
        atexit(host_give_all_back);
    EXPECT(host_kept.count < HOST_KEPT_MAX);
    host_kept.list[host_kept.count].give_back = give_back;
    host_kept.list[host_kept.count++].thing = thing;
    pthread_mutex_unlock(&host_kept.lock);
}

/* It has been given back already. */
HOST_FUNC void host_forget(const void *thing)
{
    size_t i;

    pthread_mutex_lock(&host_kept.lock);
    for (i = host_kept.count; i > 0; i--)
        if (host_kept.list[i - 1].thing == thing) {
            host_kept.list[i - 1].thing = NULL;
            break;
        }
    while (host_kept.count > 0 &&
           host_kept.list[host_kept.count - 1].thing == NULL)
        host_kept.count--;
    pthread_mutex_unlock(&host_kept.lock);
}

/* ------------------------------------------------------------------------
 * Modules.
 */

HOST_FUNC void host_folder_of_program(char path[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);

    EXPECT(len > 0);
    path[len] = '\0';
    *strrchr(path, '/') = '\0';
}

HOST_FUNC void host_write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    EXPECT(file != NULL && fputs(text, file) >= 0);
    EXPECT_EQ_INT(fclose(file), 0);
}

/* One step of it; `%s` stand for paths. */
HOST_FUNC __attribute__((format(printf, 1, 2))) void
host_shell(const char *format, ...)
{
    char command[6 * PATH_MAX];
    va_list args;

    va_start(args, format);
    EXPECT(vsnprintf(command, sizeof(command), format, args) <
           (int)sizeof(command));
    va_end(args);
    EXPECT_EQ_INT(system(command), 0);
}

/* Text to a compiled file at `path`, by the tools that are there.  The cache is
 * beside the test. */
HOST_FUNC void host_compile(const char *wat, const char *options,
                            const char *path)
{
    char own[PATH_MAX], text[PATH_MAX + 8];
    const char *viv = getenv("VIV");

    host_folder_of_program(own);
    snprintf(text, sizeof(text), "%s.wat", path);
    host_write_text(text, wat);
    host_shell("wat2wasm '%s' -o '%s.wasm' && mkdir -p '%s/guests'", text, path,
               own);
    host_shell("'%s%s' compile --quiet --target %s -O1 %s --cache '%s/guests' "
               "'%s.wasm' -o '%s'",
               viv != NULL ? viv : own, viv != NULL ? "" : "/../viv",
               host_is_gs() ? "gs" : "portable", options, own, path, path);
    host_shell("rm '%s.wasm' '%s'", path, text);
}

/* A path for a compiled file; no two are the same. */
HOST_FUNC void host_module_path(char path[PATH_MAX])
{
    static int count;
    const char *folder = getenv("TMPDIR");

    snprintf(path, PATH_MAX, "%s/viv-escape-%ld-%d.viv",
             folder != NULL ? folder : "/tmp", (long)getpid(), count++);
}

HOST_FUNC void host_module_unref(void *module)
{
    viv_module_unref(module);
}

/* A module until the test ends. */
HOST_FUNC viv_module *host_module_with(const char *wat, const char *options)
{
    viv_module *module = NULL;
    viv_error err = {0};
    char path[PATH_MAX];

    host_module_path(path);
    host_compile(wat, options, path);
    if (viv_module_load(path, &module, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    unlink(path);
    host_keep(host_module_unref, module);
    return module;
}

HOST_FUNC viv_module *host_module(const char *wat)
{
    return host_module_with(wat, "");
}

/* ------------------------------------------------------------------------
 * Sandboxes and images, until they are freed or the test ends.
 */

HOST_FUNC void host_end_sandbox(void *sandbox)
{
    viv_call_drop(sandbox);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
}

HOST_FUNC viv_sandbox *host_keep_sandbox(viv_sandbox *sandbox)
{
    if (sandbox != NULL)
        host_keep(host_end_sandbox, sandbox);
    return sandbox;
}

HOST_FUNC void host_image_unref(void *image)
{
    viv_image_unref(image);
}

static const uint8_t HOST_I32[] = {VIV_I32};

/* The row of a function of one i32 that returns one. */
#define HOST_IMPORT(func_name, func_, cookie_)                                 \
    {                                                                          \
        .module = "env", .name = func_name, .kind = VIV_FUNC,                  \
        .func_type = {HOST_I32, HOST_I32, 1, 1}, .func = func_,                \
        .cookie = cookie_                                                      \
    }

HOST_FUNC viv_limits host_limits(void)
{
    viv_limits limits;

    viv_limits_default(&limits);
    return limits;
}

/* How its initialisation ended; `*ret_sandbox` is NULL unless it returned. */
HOST_FUNC viv_outcome host_birth(viv_module *module, const viv_import *imports,
                                 size_t count, const viv_limits *limits,
                                 viv_sandbox **ret_sandbox)
{
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_sandbox_new(module, imports, count, limits, ret_sandbox, &outcome,
                        &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    host_keep_sandbox(*ret_sandbox);
    return outcome;
}

HOST_FUNC viv_sandbox *host_sandbox(viv_module *module,
                                    const viv_import *imports, size_t count,
                                    const viv_limits *limits)
{
    viv_sandbox *sandbox = NULL;

    EXPECT_EQ_INT(host_birth(module, imports, count, limits, &sandbox).kind,
                  VIV_RETURNED);
    return sandbox;
}

HOST_FUNC viv_image *host_image(viv_sandbox *sandbox)
{
    viv_image *image = NULL;
    viv_error err = {0};

    if (viv_image_new(sandbox, &image, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    host_keep(host_image_unref, image);
    return image;
}

HOST_FUNC viv_sandbox *host_from(viv_image *image, const viv_limits *limits)
{
    viv_sandbox *sandbox = NULL;
    viv_error err = {0};

    if (viv_sandbox_from(image, limits, &sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return host_keep_sandbox(sandbox);
}

HOST_FUNC void host_reset(viv_sandbox *sandbox)
{
    viv_error err = {0};

    if (viv_sandbox_reset(sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

HOST_FUNC void host_free(viv_sandbox *sandbox)
{
    host_forget(sandbox);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
}

/* ------------------------------------------------------------------------
 * Calls.
 */

/* May fail; the code of the failure. */
HOST_FUNC int host_try_call(viv_sandbox *sandbox, const char *name,
                            uint32_t arg, uint32_t *ret_result,
                            viv_outcome *ret_outcome)
{
    viv_value args = {.i32 = arg}, result = {.i32 = 0};
    int code = viv_call(sandbox, name, strlen(name), &args, 1, &result, 1,
                        ret_outcome, NULL);

    if (code == 0 && ret_result != NULL)
        *ret_result = result.i32;
    return code;
}

HOST_FUNC viv_outcome host_call(viv_sandbox *sandbox, const char *name,
                                uint32_t arg)
{
    viv_outcome outcome;
    int code = host_try_call(sandbox, name, arg, NULL, &outcome);

    if (code < 0)
        test_fail(TEST_AT, "calling %s: %s", name, viv_error_name(code));
    return outcome;
}

/* The call returns, and what. */
HOST_FUNC uint32_t host_ask(viv_sandbox *sandbox, const char *name,
                            uint32_t arg)
{
    viv_outcome outcome;
    uint32_t result = 0;
    int code = host_try_call(sandbox, name, arg, &result, &outcome);

    if (code < 0 || outcome.kind != VIV_RETURNED)
        test_fail(TEST_AT, "%s(%u): code %d, outcome %u, trap %u, limit %s",
                  name, arg, code, outcome.kind, outcome.trap,
                  viv_limit_name(outcome.limit));
    return result;
}

HOST_FUNC viv_outcome host_resume(viv_sandbox *sandbox, uint32_t *ret_result)
{
    viv_value result = {.i32 = 0};
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_call_resume(sandbox, &result, 1, &outcome, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    if (ret_result != NULL)
        *ret_result = result.i32;
    return outcome;
}

/* Resume a call that is sliced until it is not paused any more. */
HOST_FUNC viv_outcome host_finish(viv_sandbox *sandbox, viv_outcome outcome,
                                  uint32_t *ret_result)
{
    while (outcome.kind == VIV_PAUSED)
        outcome = host_resume(sandbox, ret_result);
    return outcome;
}

/* The outcome is that this limit is spent. */
#define EXPECT_SPENT(outcome, limit_)                                          \
    do {                                                                       \
        viv_outcome outcome_ = (outcome);                                      \
                                                                               \
        EXPECT_EQ_INT(outcome_.kind, VIV_SPENT);                               \
        EXPECT_EQ_STR(viv_limit_name(outcome_.limit), viv_limit_name(limit_)); \
    } while (0)

#define EXPECT_TRAP(outcome, trap_)                                            \
    do {                                                                       \
        viv_outcome outcome_ = (outcome);                                      \
                                                                               \
        EXPECT_EQ_INT(outcome_.kind, VIV_TRAPPED);                             \
        EXPECT_EQ_STR(viv_trap_text(outcome_.trap), viv_trap_text(trap_));     \
    } while (0)

/* ------------------------------------------------------------------------
 * Threads.
 */

HOST_FUNC pthread_t host_thread(void *(*func)(void *), void *arg)
{
    pthread_t thread;

    EXPECT_EQ_INT(pthread_create(&thread, NULL, func, arg), 0);
    return thread;
}

/* Run `func` on a thread of its own, to its end. */
HOST_FUNC void host_elsewhere(void *(*func)(void *), void *arg)
{
    EXPECT_EQ_INT(pthread_join(host_thread(func, arg), NULL), 0);
}

#endif /* HOST_H */
