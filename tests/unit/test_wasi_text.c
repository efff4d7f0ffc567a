/* test_wasi_text.c - what the host permits, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_text.h"

#include "test.h"
#include "wasi/wasi_grant.h"

static const char NOTHING[] = "stdin 0 bytes\n"
                              "stdout buffer bytes-max none\n"
                              "stderr buffer bytes-max none\n"
                              "clock coarse\n"
                              "random kernel\n";
static viv_wasi said;
static char text[2048];

static int64_t read_nothing(void *cookie, void *to, size_t len)
{
    (void)cookie, (void)to, (void)len;
    return 0;
}

static int write_nothing(void *cookie, const void *bytes, size_t len)
{
    (void)cookie, (void)bytes, (void)len;
    return 0;
}

TEST(nothing_is_said_as_it_is)
{
    wasi_grant_default(&said);
    EXPECT_EQ_INT(wasi_text(&said, text, sizeof(text)), strlen(NOTHING));
    EXPECT_EQ_STR(text, NOTHING);
}

TEST(everything_has_its_line)
{
    static const char *const args[] = {"prog", "--all"}, *const env[] = {"A=b"};
    static const viv_mount mounts[] = {
        {.guest = "/tmp",
         .kind = VIV_MOUNT_MEMORY,
         .bytes_max = 5,
         .files_max = VIV_ENDLESS},
        {.guest = "/lib", .host = "lib.pack", .kind = VIV_MOUNT_PACK},
        {.guest = "/usr", .host = "usr.pack", .kind = VIV_MOUNT_OVERLAY},
        {.guest = "/in", .host = "/srv", .kind = VIV_MOUNT_HOST},
        {.guest = "/out",
         .host = "/srv",
         .kind = VIV_MOUNT_HOST,
         .writable = 1,
         .bytes_max = 7,
         .files_max = 8},
    };

    wasi_grant_default(&said);
    said.args = args, said.arg_count = 2, said.env = env, said.env_count = 1;
    said.mounts = mounts, said.mount_count = 5;
    said.stdin_func = read_nothing, said.stderr_func = write_nothing;
    said.stdout_max = 100;
    said.terminals = 5;
    said.clock = VIV_CLOCK_STEPS, said.clock_start_ns = 12;
    said.random = VIV_RANDOM_SEED, said.random_seed = 34;
    wasi_text(&said, text, sizeof(text));
    EXPECT_EQ_STR(text, "argument \"prog\"\nargument \"--all\"\n"
                        "environment \"A=b\"\n"
                        "mount \"/tmp\" memory bytes-max 5 files-max none\n"
                        "mount \"/lib\" pack \"lib.pack\" read-only\n"
                        "mount \"/usr\" overlay \"usr.pack\" bytes-max 0 "
                        "files-max 0\n"
                        "mount \"/in\" host \"/srv\" read-only\n"
                        "mount \"/out\" host \"/srv\" bytes-max 7 files-max 8\n"
                        "stdin function terminal\n"
                        "stdout buffer bytes-max 100\n"
                        "stderr function bytes-max none terminal\n"
                        "clock steps from 12 ns\nrandom seed 34\n");
}

TEST(a_text_cannot_look_like_a_line)
{
    static const char *const args[] = {"a\nrandom seed 1", "\\\"\x7f\xc3\xa4"};

    wasi_grant_default(&said);
    said.args = args, said.arg_count = 2;
    wasi_text(&said, text, sizeof(text));
    EXPECT_HAS_STR(text, "argument \"a\\012random seed 1\"\n"
                         "argument \"\\\\\\\"\\177\xc3\xa4\"\n");
}

TEST(what_is_impossible_is_a_question_mark)
{
    static const viv_mount mount = {.guest = "/a", .kind = 9};

    wasi_grant_default(&said);
    said.mounts = &mount, said.mount_count = 1;
    said.clock = 9;
    wasi_text(&said, text, sizeof(text));
    EXPECT_HAS_STR(text, "mount \"/a\" ? \"\" ");
    EXPECT_HAS_STR(text, "clock ?");
}

TEST(a_short_buffer_gets_as_much_as_fits)
{
    wasi_grant_default(&said);
    memset(text, 'x', sizeof(text));
    EXPECT_EQ_INT(wasi_text(&said, text, 6), strlen(NOTHING));
    EXPECT_EQ_STR(text, "stdin");
    EXPECT_EQ_INT(text[6], 'x');
    EXPECT_EQ_INT(wasi_text(&said, text, 1), strlen(NOTHING));
    EXPECT_EQ_STR(text, "");
    EXPECT_EQ_INT(wasi_text(&said, NULL, 0), strlen(NOTHING));
}
