/* bench_python.h - what measurements of Python have in common.
 *
 * The guest, and peers: processes that are asked by lines and answer by lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BENCH_PYTHON_H
#define BENCH_PYTHON_H

#define _GNU_SOURCE /* pipe2 */

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "bench.h"

/* The machine's own Python, not one that somebody has put before it. */
#define BENCH_PYTHON3 "/usr/bin/python3"

/* What a measurement exits with that cannot be taken on this machine. */
enum { BENCH_SKIPPED = 77 };

extern char **environ;

/* ------------------------------------------------------------------------
 * The guest.
 */

/* The image of the Python that is here, or the end. */
BENCH_UNUSED viv_image *bench_python(const viv_python_function *functions,
                                     size_t count)
{
    const char *folder = getenv(VIV_PYTHON_FOLDER);
    const char *products = getenv("VIV_BUILD");
    viv_image *image = NULL;
    viv_error err = {0};
    char path[PATH_MAX];

    if (folder == NULL || folder[0] == '\0') {
        snprintf(path, sizeof(path), "%s/python",
                 products != NULL ? products : "build");
        folder = path;
    }
    if (access(folder, F_OK) != 0) {
        fprintf(stderr,
                "no Python guest in %s: guests/python/build makes one\n",
                folder);
        exit(BENCH_SKIPPED);
    }
    if (viv_python_load(folder, functions, count, &image, &err) < 0)
        bench_die("%s", err.text);
    return image;
}

BENCH_UNUSED viv_sandbox *bench_sandbox_from(viv_image *image)
{
    viv_sandbox *sandbox = NULL;
    viv_limits limits;
    viv_error err = {0};

    viv_limits_default(&limits);
    limits.host_calls = UINT64_MAX;
    limits.waits = UINT64_MAX;
    if (viv_sandbox_from(image, &limits, &sandbox, &err) < 0)
        bench_die("%s", err.text);
    return sandbox;
}

BENCH_UNUSED void bench_reset(viv_sandbox *sandbox)
{
    viv_error err = {0};

    if (viv_sandbox_reset(sandbox, &err) < 0)
        bench_die("%s", err.text);
}

/* Run `source`, whose outcome must be `kind`. */
BENCH_UNUSED void bench_run(viv_sandbox *sandbox, const char *source,
                            uint32_t kind)
{
    viv_python_result result;
    viv_error err = {0};

    if (viv_python_run(sandbox, source, strlen(source), NULL, VIV_PYTHON_VALUE,
                       &result, &err) < 0)
        bench_die("%s", err.text);
    if (result.outcome.kind != kind)
        bench_die("a run ends otherwise, outcome %u: %s", result.outcome.kind,
                  result.traceback != NULL ? result.traceback : source);
}

/* Call `function` of `module` with one integer. */
BENCH_UNUSED void bench_python_call(viv_sandbox *sandbox, const char *module,
                                    const char *function, uint16_t arg,
                                    viv_python_result *ret_result)
{
    /* A list of one integer of two bytes. */
    uint8_t args[] = {0x81, 0x19, (uint8_t)(arg >> 8), (uint8_t)arg};
    viv_error err = {0};

    if (viv_python_call(sandbox, module, function, args, sizeof(args), NULL, 0,
                        0, ret_result, &err) < 0)
        bench_die("%s: %s", function, err.text);
}

/* The integer that it returned. */
BENCH_UNUSED int64_t bench_python_int(const viv_python_result *result)
{
    viv_reader reader;
    viv_item item = {0};

    if (result->outcome.kind != VIV_RETURNED || result->value == NULL)
        bench_die("no value, outcome %u: %s", result->outcome.kind,
                  result->traceback != NULL ? result->traceback : "");
    viv_reader_init(&reader, result->value, result->value_len);
    if (viv_read(&reader, &item, NULL) < 0 || item.kind != VIV_DATA_INT)
        bench_die("the value is no integer");
    return item.integer;
}

/* ------------------------------------------------------------------------
 * Peers.
 */

struct bench_peer {
    const char *name;
    pid_t pid; /* 0: it is not here */
    FILE *to, *from;
};

static void peer_die_of(int code, const char *name)
{
    if (code != 0)
        bench_die("%s does not start: %s", name, strerror(code));
}

/* Start a command of the shell. */
BENCH_UNUSED void bench_peer_start(struct bench_peer *peer, const char *name,
                                   const char *command)
{
    char *words[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    int to[2], from[2];

    /* Else the next peer would keep this one's pipes open. */
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        bench_die("no pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    peer_die_of(posix_spawnp(&peer->pid, "sh", &actions, NULL, words, environ),
                name);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    peer->name = name;
    peer->to = fdopen(to[1], "w");
    peer->from = fdopen(from[0], "r");
}

/* Start the peer `which` of bench/python/peers, which will run sources, if it
 * can be had; else somebody has said why not. */
BENCH_UNUSED void bench_peer_find(struct bench_peer *peer, const char *name,
                                  const char *which, const char *script)
{
    const char *root = getenv("VIV_ROOT");
    char command[3 * PATH_MAX], line[16];

    snprintf(command, sizeof(command),
             "folder=$('%s/bench/python/peers/find' %s) || exit; "
             "echo here; exec node --no-warnings "
             "'%s/bench/python/peers/%s' \"$folder\" runs",
             root != NULL ? root : ".", which, root != NULL ? root : ".",
             script);
    bench_peer_start(peer, name, command);
    if (fgets(line, sizeof(line), peer->from) == NULL) {
        waitpid(peer->pid, NULL, 0);
        peer->pid = 0;
    }
}

/* Let it run `source`, a JSON text, `count` times: nanoseconds of each. */
BENCH_UNUSED void bench_peer_runs(struct bench_peer *peer, const char *source,
                                  size_t count, uint64_t *times)
{
    fprintf(peer->to, "[\"%s\", %zu]\n", source, count);
    fflush(peer->to);
    for (size_t i = 0; i < count; i++)
        if (fscanf(peer->from, "%" SCNu64, &times[i]) != 1)
            bench_die("%s has ended", peer->name);
}

BENCH_UNUSED void bench_peer_end(struct bench_peer *peer)
{
    if (peer->pid == 0)
        return;
    fclose(peer->to);
    waitpid(peer->pid, NULL, 0);
    fclose(peer->from);
    peer->pid = 0;
}

/* The next argument of a function of the host, which must be an integer. */
BENCH_UNUSED int64_t bench_read_int(viv_reader *args)
{
    viv_item item = {0};

    if (viv_read(args, &item, NULL) < 0 || item.kind != VIV_DATA_INT)
        bench_die("an argument is no integer");
    return item.integer;
}

/* Answer `promise` by an integer, and give it back. */
BENCH_UNUSED void bench_keep(viv_promise *promise, int64_t value)
{
    const void *bytes = NULL;
    viv_writer writer;
    size_t len = 0;

    viv_writer_init(&writer, NULL, 64);
    viv_write_int(&writer, value);
    if (viv_writer_end(&writer, &bytes, &len, NULL) < 0 ||
        viv_promise_keep(promise, bytes, len) < 0)
        bench_die("an answer is refused");
    viv_promise_free(promise);
    viv_writer_fini(&writer);
}

#endif /* BENCH_PYTHON_H */
