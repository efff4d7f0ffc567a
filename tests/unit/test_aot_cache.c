/* test_aot_cache.c - tests of compiled modules kept by digest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_cache.h"

#include <sys/wait.h>

#include "aot_tools.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static uint8_t *bytes;
static size_t len;

static int get(void)
{
    return aot_cache_get(tools_path("cache"), KEY, &bytes, &len);
}

static void put(const char *text)
{
    aot_cache_put(tools_path("cache"), KEY, (const uint8_t *)text,
                  strlen(text));
}

/* Write what the entry's file shall be. */
static void damage(const void *with, size_t with_len)
{
    tools_write("cache/" KEY ".viv", with, with_len);
}

TEST(what_was_put_is_there)
{
    EXPECT_EQ_INT(get(), VIV_ENOTFOUND);
    put("code");
    EXPECT_EQ_INT(get(), 0);
    EXPECT_EQ_INT(len, 4);
    EXPECT_EQ_MEM(bytes, "code", 4);
    base_free(bytes);
}

TEST(putting_again_replaces)
{
    put("old");
    put("newer");
    EXPECT_EQ_INT(get(), 0);
    EXPECT_EQ_MEM(bytes, "newer", 5);
    base_free(bytes);
    EXPECT_EQ_INT(tools_count_files(tools_path("cache")), 1);
}

TEST(an_entry_with_a_flipped_bit_is_none)
{
    uint8_t *file;
    size_t file_len;

    put("code that is long enough");
    EXPECT_EQ_INT(os_file_read_all(tools_path("cache/" KEY ".viv"), 1000, &file,
                                   &file_len, NULL),
                  0);
    for (size_t i = 0; i < file_len; i++) {
        file[i] ^= 1;
        damage(file, file_len);
        EXPECT_EQ_INT(get(), VIV_ENOTFOUND);
        file[i] ^= 1;
    }
    base_free(file);
}

TEST(an_entry_that_is_cut_anywhere_is_none)
{
    uint8_t *file;
    size_t file_len;

    put("code");
    EXPECT_EQ_INT(os_file_read_all(tools_path("cache/" KEY ".viv"), 1000, &file,
                                   &file_len, NULL),
                  0);
    for (size_t i = 0; i < file_len; i++) {
        damage(file, i);
        EXPECT_EQ_INT(get(), VIV_ENOTFOUND);
    }
    base_free(file);
}

TEST(a_damaged_entry_is_made_good_by_the_next_put)
{
    put("code");
    damage("x", 1);
    put("code");
    EXPECT_EQ_INT(get(), 0);
    base_free(bytes);
}

TEST(a_folder_that_cannot_be_made_is_no_error)
{
    tools_write("cache", "a file, not a folder", 20);
    put("code");
    EXPECT_EQ_INT(get(), VIV_ENOTFOUND);
}

TEST(a_folder_that_cannot_be_written_is_no_error)
{
    aot_cache_put("/proc/none", KEY, (const uint8_t *)"code", 4);
    EXPECT_EQ_INT(aot_cache_get("/proc/none", KEY, &bytes, &len),
                  VIV_ENOTFOUND);
}

TEST(a_path_that_is_too_long_is_no_error)
{
    static char folder[5000];

    memset(folder, 'x', sizeof(folder) - 1);
    folder[0] = '/';
    aot_cache_put(folder, KEY, (const uint8_t *)"code", 4);
    EXPECT_EQ_INT(aot_cache_get(folder, KEY, &bytes, &len), VIV_ENOTFOUND);
}

TEST(many_who_put_and_get_at_once_see_whole_entries_only)
{
    static char text[100000];
    int status;

    memset(text, 'c', sizeof(text) - 1);
    put(text);
    for (int i = 0; i < 4; i++) {
        if (fork() != 0)
            continue;
        for (int k = 0; k < 10; k++) {
            put(text);
            EXPECT_EQ_INT(get(), 0);
            EXPECT_EQ_INT(len, sizeof(text) - 1);
            base_free(bytes);
        }
        _exit(0);
    }
    for (int i = 0; i < 4; i++) {
        EXPECT(wait(&status) > 0);
        EXPECT_EQ_INT(status, 0);
    }
    EXPECT_EQ_INT(tools_count_files(tools_path("cache")), 1);
}

/* The key of a module of this text, made with these options. */
static void key_of(const char *wat, const struct aot_options *options,
                   char key[AOT_CACHE_KEY_BYTES])
{
    struct engine_header header = {0};
    struct os_scratch scratch;
    struct aot_source source;
    struct aot_cc cc;

    tools_open(wat);
    EXPECT_EQ_INT(os_scratch_adopt(tools_path("scratch"), &scratch, NULL), 0);
    EXPECT_EQ_INT(aot_cc_init(&cc, options, &scratch, NULL), 0);
    EXPECT_EQ_INT(aot_source_make(&tools_it.module, &tools_it.layout,
                                  options->fuel, 0, options, &source, NULL),
                  0);
    header.flags = options->fuel;
    aot_cache_key(&cc, &source, &header, key);
    aot_source_fini(&source);
    os_scratch_release(&scratch);
}

TEST(the_key_depends_on_code_options_and_header)
{
    struct aot_options options = tools_options();
    char keys[5][AOT_CACHE_KEY_BYTES];

    options.cc = "/bin/true";
    key_of("(module (func))", &options, keys[0]);
    key_of("(module (func (nop)) (func))", &options, keys[1]);
    options.opt_level = 0;
    key_of("(module (func))", &options, keys[2]);
    options.opt_level = 2;
    options.cc = "/bin/false";
    key_of("(module (func))", &options, keys[3]);
    options.cc = "/bin/true";
    options.jobs = 7; /* makes no difference */
    key_of("(module (func))", &options, keys[4]);
    EXPECT_EQ_INT(strlen(keys[0]), 64);
    EXPECT_EQ_STR(keys[0], keys[4]);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            EXPECT(strcmp(keys[i], keys[k]) != 0);
}

TEST(running_out_of_memory_keeps_nothing)
{
    base_alloc_fail_at(1);
    put("code");
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(get(), VIV_ENOTFOUND);
}
