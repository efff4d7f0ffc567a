/* wasi_text.c - what the host permits, in words.
 *
 * A line for each thing, in the order of the struct; texts of the host's are
 * quoted as in C, so that a line is a line whatever is in them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_text.h"

#include <stdarg.h>
#include <stdio.h>

/* Counts also what has no room any more. */
struct out {
    char *to;
    size_t size, len;
};

static void put(struct out *out, char c)
{
    if (out->len + 1 < out->size)
        out->to[out->len] = c;
    out->len++;
}

static void say(struct out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Short things only: 100 bytes. */
static void say(struct out *out, const char *format, ...)
{
    char text[100];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (const char *at = text; *at != '\0'; at++)
        put(out, *at);
}

static void quote(struct out *out, const char *text)
{
    put(out, '"');
    for (; text != NULL && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            put(out, '\\');
        if (c < ' ' || c == 0x7f)
            say(out, "\\%03o", c);
        else
            put(out, (char)c);
    }
    put(out, '"');
}

static void say_texts(struct out *out, const char *what,
                      const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        say(out, "%s ", what);
        quote(out, texts[i]);
        put(out, '\n');
    }
}

static void say_bytes(struct out *out, const char *what, uint64_t bytes)
{
    if (bytes >= VIV_ENDLESS)
        say(out, " %s-max none", what);
    else
        say(out, " %s-max %llu", what, (unsigned long long)bytes);
}

static void say_mount(struct out *out, const viv_mount *mount)
{
    static const char *const kinds[] = {"memory", "pack", "overlay", "host"};

    say(out, "mount ");
    quote(out, mount->guest);
    say(out, " %s", mount->kind <= VIV_MOUNT_HOST ? kinds[mount->kind] : "?");
    if (mount->kind != VIV_MOUNT_MEMORY) {
        put(out, ' ');
        quote(out, mount->host);
    }
    if (mount->kind == VIV_MOUNT_PACK ||
        (mount->kind == VIV_MOUNT_HOST && !mount->writable)) {
        say(out, " read-only\n");
        return;
    }
    say_bytes(out, "bytes", mount->bytes_max);
    say_bytes(out, "files", mount->files_max);
    put(out, '\n');
}

static void say_streams(struct out *out, const viv_wasi *said)
{
    if (said->stdin_func != NULL)
        say(out, "stdin function");
    else
        say(out, "stdin %zu bytes", said->stdin_len);
    say(out, "%s\n", said->terminals & 1 ? " terminal" : "");
    say(out, "stdout %s", said->stdout_func != NULL ? "function" : "buffer");
    say_bytes(out, "bytes", said->stdout_max);
    say(out, "%s\n", said->terminals & 2 ? " terminal" : "");
    say(out, "stderr %s", said->stderr_func != NULL ? "function" : "buffer");
    say_bytes(out, "bytes", said->stderr_max);
    say(out, "%s\n", said->terminals & 4 ? " terminal" : "");
}

static void say_clock(struct out *out, const viv_wasi *said)
{
    static const char *const clocks[] = {"coarse", "fine", "frozen", "steps"};

    say(out, "clock %s",
        said->clock <= VIV_CLOCK_STEPS ? clocks[said->clock] : "?");
    if (said->clock >= VIV_CLOCK_FROZEN)
        say(out, " from %llu ns", (unsigned long long)said->clock_start_ns);
    put(out, '\n');
}

size_t wasi_text(const viv_wasi *said, char *to, size_t size)
{
    struct out out = {to, size, 0};

    say_texts(&out, "argument", said->args, said->arg_count);
    say_texts(&out, "environment", said->env, said->env_count);
    for (size_t i = 0; i < said->mount_count; i++)
        say_mount(&out, &said->mounts[i]);
    say_streams(&out, said);
    say_clock(&out, said);
    if (said->random == VIV_RANDOM_SEED)
        say(&out, "random seed %llu\n", (unsigned long long)said->random_seed);
    else
        say(&out, "random kernel\n");
    if (size > 0)
        to[out.len < size ? out.len : size - 1] = '\0';
    return out.len;
}
