/* test_aot_cc.c - tests of running the C compiler and the linker.
 *
 * Most compilers here are shell scripts of the test's own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_cc.h"

#include "aot_tools.h"

static struct os_scratch scratch;
static struct aot_cc cc;
static struct aot_options options;
static viv_error err;

static void open_scratch(void)
{
    EXPECT_EQ_INT(os_scratch_adopt(tools_path("scratch"), &scratch, NULL), 0);
    options = tools_options();
}

static bool has_arg(const char *arg)
{
    for (size_t i = 0; i < cc.arg_count; i++)
        if (strcmp(cc.args[i], arg) == 0)
            return true;
    return false;
}

/* Compile `units` empty units with a script of this text. */
static int compile_with(const char *script, unsigned jobs, uint32_t units)
{
    char name[32];

    open_scratch();
    options.cc = tools_script("cc.sh", script);
    options.jobs = jobs;
    EXPECT_EQ_INT(aot_cc_init(&cc, &options, &scratch, &err), 0);
    for (uint32_t i = 0; i < units; i++) {
        aot_cc_unit_name(name, i, 'c');
        EXPECT_EQ_INT(os_scratch_write(&scratch, name, "", 0, NULL), 0);
    }
    return aot_cc_compile(&cc, &scratch, units, &err);
}

static void init(void)
{
    if (aot_cc_init(&cc, &options, &scratch, &err) < 0)
        test_fail(TEST_AT, "cannot init: %s", err.text);
}

TEST(options_become_arguments)
{
    open_scratch();
    options.target = AOT_GS;
    options.cc = "/bin/true";
    options.opt_level = 3;
    options.cpu = "x86-64-v3";
    init();
    EXPECT_EQ_STR(cc.args[0], "/bin/true");
    EXPECT(has_arg("-O3"));
    EXPECT(has_arg("-march=x86-64-v3"));
    EXPECT(has_arg("-mtune=icelake-server"));
    EXPECT(has_arg("-fwrapv"));
    EXPECT(!has_arg("-DVIV_PORTABLE"));
    EXPECT_EQ_INT(cc.cpu, ENGINE_CPU_X86_64_V2 | ENGINE_CPU_X86_64_V3);
    options.target = AOT_PORTABLE;
    init();
    EXPECT(has_arg("-DVIV_PORTABLE"));
}

TEST(clang_is_known_by_the_name_of_its_file)
{
    open_scratch();
    options.cc = tools_script("clang-99", "");
    init();
    EXPECT(has_arg("-mllvm"));
    EXPECT_EQ_INT(symlink(options.cc, tools_path("cc")), 0);
    options.cc = tools_path("cc");
    init();
    EXPECT(has_arg("-mllvm"));
    options.cc = tools_script("clan", "");
    init();
    EXPECT(!has_arg("-mllvm"));
}

TEST(clang_19_is_told_what_others_do_not_know)
{
    static const char *const arg = "-tail-dup-pred-size=100000";

    open_scratch();
    options.cc = tools_script("clang-19", "");
    init();
    EXPECT(has_arg(arg));
    options.cc = tools_script("clang-18", "");
    init();
    EXPECT(!has_arg(arg));
    options.cc = "clang-19";
    init();
    EXPECT(has_arg(arg));
}

TEST(an_unknown_cpu_is_refused_by_name)
{
    open_scratch();
    options.cc = "/bin/true";
    options.cpu = "z80";
    EXPECT_EQ_INT(aot_cc_init(&cc, &options, &scratch, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "\"z80\"");
}

TEST(a_compiler_that_is_not_there_is_named)
{
    open_scratch();
    options.cc = "no-such-compiler";
    EXPECT_EQ_INT(aot_cc_init(&cc, &options, &scratch, &err), VIV_ENOTFOUND);
    EXPECT_HAS_STR(err.text, "\"no-such-compiler\"");
}

TEST(profiles_are_given_by_absolute_paths)
{
    open_scratch();
    options.cc = "/bin/true";
    options.pgo_generate = "some/where";
    EXPECT_EQ_INT(chdir(tools_folder()), 0);
    init();
    EXPECT(strncmp(cc.args[cc.arg_count - 1], "-fprofile-generate=/", 20) == 0);
    EXPECT_HAS_STR(cc.args[cc.arg_count - 1], "/some/where");
    EXPECT_EQ_INT(chdir("/"), 0);
}

TEST(a_path_too_long_for_an_argument_is_refused)
{
    static char path[3000];

    open_scratch();
    memset(path, 'x', sizeof(path) - 1);
    options.cc = "/bin/true";
    options.pgo_generate = path;
    EXPECT_EQ_INT(aot_cc_init(&cc, &options, &scratch, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "too long");
}

TEST(the_sentence_has_the_first_line_of_what_the_compiler_said)
{
    EXPECT_EQ_INT(compile_with("#!/bin/sh\necho 'bad thing' >&2\n"
                               "echo more >&2\nexit 3\n",
                               1, 1),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, "exit code 3: bad thing");
    EXPECT(strstr(err.text, "more") == NULL);
}

TEST(what_the_compiler_said_cannot_garble_a_terminal)
{
    EXPECT_EQ_INT(
        compile_with("#!/bin/sh\nprintf '\\033[2Jx\\n'\nexit 1\n", 1, 1),
        VIV_EIO);
    EXPECT(strchr(err.text, '\033') == NULL);
}

TEST(a_compiler_that_is_killed_is_said_to_be)
{
    EXPECT_EQ_INT(compile_with("#!/bin/sh\nkill -9 $$\n", 1, 1), VIV_EIO);
    EXPECT_HAS_STR(err.text, "ended by signal 9");
}

TEST(a_compiler_that_says_nothing_is_said_to_have_failed)
{
    EXPECT_EQ_INT(compile_with("#!/bin/sh\nexit 1\n", 1, 1), VIV_EIO);
    EXPECT_HAS_STR(err.text, "failed with exit code 1");
}

TEST(a_compiler_that_says_too_much_does_no_harm)
{
    EXPECT_EQ_INT(compile_with("#!/bin/sh\nhead -c 1000000 /dev/zero\n"
                               "exit 1\n",
                               1, 1),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, "exit code 1");
}

/* Units note when they run, in a folder: never more than `jobs` at a time. */
static const char counting[] =
    "#!/bin/sh\n"
    "for last in \"$@\"; do :; done\n"
    "mkdir -p running; : >running/$last\n"
    "set -- running/*; echo $# >>most\n"
    "sleep 0.05; rm running/$last; : >${last%.c}.o\n";

static int most(void)
{
    FILE *file = fopen(tools_path("scratch/most"), "r");
    int number, largest = 0, lines = 0;

    EXPECT(file != NULL);
    for (; fscanf(file, "%d", &number) == 1; lines++)
        largest = number > largest ? number : largest;
    fclose(file);
    EXPECT_EQ_INT(lines, 6);
    return largest;
}

TEST(one_job_is_one_compiler_at_a_time)
{
    EXPECT_EQ_INT(compile_with(counting, 1, 6), 0);
    EXPECT_EQ_INT(most(), 1);
}

TEST(several_jobs_are_several_compilers_at_a_time)
{
    EXPECT_EQ_INT(compile_with(counting, 3, 6), 0);
    EXPECT(most() > 1 && most() <= 3);
}

TEST(more_jobs_than_units_are_fine)
{
    EXPECT_EQ_INT(compile_with(counting, 100, 6), 0);
    EXPECT(most() <= 6);
}

TEST(when_one_fails_the_others_are_ended)
{
    double start = (double)time(NULL);

    EXPECT_EQ_INT(compile_with("#!/bin/sh\ncase \"$*\" in *unit1.c)"
                               " echo no; exit 1;; *) exec sleep 50;; esac\n",
                               3, 3),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, ": no");
    EXPECT((double)time(NULL) - start < 20);
}

static uint32_t reports, last_report;

static void watch(void *cookie, enum aot_stage stage, uint32_t done,
                  uint32_t total)
{
    (void)cookie;
    EXPECT_EQ_INT(stage, AOT_COMPILE);
    EXPECT_EQ_INT(total, 4);
    EXPECT_EQ_INT(done, reports);
    reports++;
    last_report = done;
}

TEST(progress_counts_units)
{
    open_scratch();
    options.cc = tools_script("cc.sh", "#!/bin/sh\nexit 0\n");
    options.jobs = 2;
    options.progress = watch;
    EXPECT_EQ_INT(aot_cc_init(&cc, &options, &scratch, &err), 0);
    EXPECT_EQ_INT(aot_cc_compile(&cc, &scratch, 4, &err), 0);
    EXPECT_EQ_INT(last_report, 4);
}

TEST(a_linker_that_fails_says_why)
{
    open_scratch();
    options.cc = "/bin/true";
    init();
    EXPECT_EQ_INT(aot_cc_link(&cc, &scratch, 1, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "ld failed with exit code 1: ");
    EXPECT_HAS_STR(err.text, "unit0.o");
}

static void digest_of(uint8_t digest[32])
{
    struct base_sha256 sha;

    init();
    base_sha256_init(&sha);
    aot_cc_digest(&cc, &sha);
    base_sha256_end(&sha, digest);
}

TEST(the_digest_sees_every_argument_and_another_compiler)
{
    uint8_t first[32], other[32];

    open_scratch();
    options.cc = tools_script("cc.sh", "#!/bin/sh\n");
    digest_of(first);
    digest_of(other);
    EXPECT_EQ_MEM(first, other, 32);
    options.opt_level = 1;
    digest_of(other);
    EXPECT(memcmp(first, other, 32) != 0);
    options.opt_level = 2;
    tools_script("cc.sh", "#!/bin/sh\n#\n"); /* the same name */
    digest_of(other);
    EXPECT(memcmp(first, other, 32) != 0);
}
