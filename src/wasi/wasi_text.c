/* wasi_text.c - what the host permits, in words.
 *
 * A line for each thing, in the order of the struct; texts of the host's are
 * quoted as in C, so that a line is a line whatever is in them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_text.h"

#include "base/base_text.h"

static void quote(struct base_text *out, const char *text)
{
    base_text_char(out, '"');
    for (; text != NULL && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            base_text_char(out, '\\');
        if (c < ' ' || c == 0x7f)
            base_text_format(out, "\\%03o", c);
        else
            base_text_char(out, (char)c);
    }
    base_text_char(out, '"');
}

static void say_texts(struct base_text *out, const char *what,
                      const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        base_text_format(out, "%s ", what);
        quote(out, texts[i]);
        base_text_char(out, '\n');
    }
}

static void say_bytes(struct base_text *out, const char *what, uint64_t bytes)
{
    if (bytes >= VIV_ENDLESS)
        base_text_format(out, " %s-max none", what);
    else
        base_text_format(out, " %s-max %llu", what, (unsigned long long)bytes);
}

static void say_mount(struct base_text *out, const viv_mount *mount)
{
    static const char *const kinds[] = {"memory", "pack", "overlay", "host"};

    base_text_format(out, "mount ");
    quote(out, mount->guest);
    base_text_format(out, " %s",
                     mount->kind <= VIV_MOUNT_HOST ? kinds[mount->kind] : "?");
    if (mount->kind != VIV_MOUNT_MEMORY) {
        base_text_char(out, ' ');
        quote(out, mount->host);
    }
    if (mount->kind == VIV_MOUNT_PACK ||
        (mount->kind == VIV_MOUNT_HOST && !mount->writable)) {
        base_text_format(out, " read-only\n");
        return;
    }
    say_bytes(out, "bytes", mount->bytes_max);
    say_bytes(out, "files", mount->files_max);
    base_text_char(out, '\n');
}

static void say_streams(struct base_text *out, const viv_wasi *said)
{
    if (said->stdin_func != NULL)
        base_text_format(out, "stdin function");
    else
        base_text_format(out, "stdin %zu bytes", said->stdin_len);
    base_text_format(out, "%s\n", said->terminals & 1 ? " terminal" : "");
    base_text_format(out, "stdout %s",
                     said->stdout_func != NULL ? "function" : "buffer");
    say_bytes(out, "bytes", said->stdout_max);
    base_text_format(out, "%s\n", said->terminals & 2 ? " terminal" : "");
    base_text_format(out, "stderr %s",
                     said->stderr_func != NULL ? "function" : "buffer");
    say_bytes(out, "bytes", said->stderr_max);
    base_text_format(out, "%s\n", said->terminals & 4 ? " terminal" : "");
}

static void say_clock(struct base_text *out, const viv_wasi *said)
{
    static const char *const clocks[] = {"coarse", "fine", "frozen", "steps"};

    base_text_format(out, "clock %s",
                     said->clock <= VIV_CLOCK_STEPS ? clocks[said->clock]
                                                    : "?");
    if (said->clock >= VIV_CLOCK_FROZEN)
        base_text_format(out, " from %llu ns",
                         (unsigned long long)said->clock_start_ns);
    base_text_char(out, '\n');
}

size_t wasi_text(const viv_wasi *said, char *to, size_t size)
{
    struct base_text out;

    base_text_init(&out, to, size);
    say_texts(&out, "argument", said->args, said->arg_count);
    say_texts(&out, "environment", said->env, said->env_count);
    for (size_t i = 0; i < said->mount_count; i++)
        say_mount(&out, &said->mounts[i]);
    say_streams(&out, said);
    say_clock(&out, said);
    if (said->random == VIV_RANDOM_SEED)
        base_text_format(&out, "random seed %llu\n",
                         (unsigned long long)said->random_seed);
    else
        base_text_format(&out, "random kernel\n");
    return base_text_end(&out, size);
}
