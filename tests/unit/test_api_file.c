/* test_api_file.c - vivarium.h: what a file with memory says of itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "folder.h"
#include "guest.h"

#include "mem/mem_place.h"
#include "os/os_file.h"
#include "sandbox/sandbox_image.h"

static const char module[] =
    "(module (memory 3) (data (i32.const 5000) \"x\"))";

static struct guest guest;
static viv_image *image;
static viv_image_file file;
static viv_error err;

static void begin(void)
{
    folder_begin();
    guest = guest_start(module);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, NULL), 0);
}

static void end(void)
{
    viv_image_unref(image);
    guest_end(&guest);
    folder_end();
}

static const char *save(const viv_key *key)
{
    const char *path = folder_path("image");

    EXPECT_EQ_INT(viv_image_save(image, NULL, key, path, NULL), 0);
    return path;
}

/* Change one byte, `back` before the end, or in front of it. */
static void damage(const char *path, long at, int whence)
{
    FILE *stream = fopen(path, "r+b");

    EXPECT(stream != NULL);
    EXPECT_EQ_INT(fseek(stream, at, whence), 0);
    EXPECT_EQ_INT(fputc(0x5a, stream), 0x5a);
    EXPECT_EQ_INT(fclose(stream), 0);
}

TEST(a_whole_image_tells_its_sizes_and_is_as_it_was_saved)
{
    uint64_t memory, stored;
    const char *path;

    begin();
    path = save(NULL);
    viv_image_bytes(image, &memory, &stored);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), 0);
    EXPECT_EQ_INT(file.kind, VIV_FILE_IMAGE);
    EXPECT_EQ_INT(file.memory_bytes, 3 * 65536);
    EXPECT_EQ_INT(file.memory_bytes, memory);
    EXPECT_EQ_INT(file.stored_bytes, stored);
    EXPECT(file.file_bytes > file.stored_bytes);
    EXPECT_EQ_INT(viv_image_verify(path, NULL, &err), 0);
    end();
}

TEST(a_delta_names_the_image_that_it_is_over)
{
    const char *whole, *delta;
    viv_image_file over;
    viv_image *changed;

    begin();
    delta = folder_path("delta");
    whole = save(NULL);
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, 70000, "new", 3), 0);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &changed, NULL), 0);
    EXPECT_EQ_INT(viv_image_save(changed, image, NULL, delta, NULL), 0);
    viv_image_unref(changed);
    EXPECT_EQ_INT(viv_image_look(whole, NULL, &over, &err), 0);
    EXPECT_EQ_INT(viv_image_look(delta, NULL, &file, &err), 0);
    EXPECT_EQ_INT(file.kind, VIV_FILE_DELTA);
    EXPECT_EQ_MEM(file.over, over.digest, 32);
    EXPECT_EQ_MEM(file.module, over.module, 32);
    EXPECT_EQ_INT(viv_image_verify(delta, NULL, &err), 0);
    damage(delta, -1, SEEK_END);
    EXPECT_EQ_INT(viv_image_verify(delta, NULL, &err), VIV_EFORMAT);
    end();
}

TEST(an_image_to_be_used_where_it_lies_is_verified_by_its_pages)
{
    const char *path;
    struct base_buf bytes;
    uint8_t identity[32] = {7};

    begin();
    path = folder_path("placed");
    base_buf_init(&bytes, 1 << 24);
    EXPECT_EQ_INT(mem_place_save(((struct sandbox_image *)image)->pages,
                                 identity, &bytes, NULL),
                  0);
    EXPECT_EQ_INT(os_file_write(path, bytes.at, bytes.len, 0600, NULL), 0);
    base_buf_fini(&bytes);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), 0);
    EXPECT_EQ_INT(file.kind, VIV_FILE_PLACED);
    EXPECT_EQ_MEM(file.module, identity, 32);
    EXPECT_EQ_INT(viv_image_verify(path, NULL, &err), 0);
    damage(path, -3 * 65536 + 5000, SEEK_END);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), 0);
    EXPECT_EQ_INT(viv_image_verify(path, NULL, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "placed");
    end();
}

TEST(a_damaged_page_is_found_by_verifying_and_a_damaged_header_by_looking)
{
    const char *path;

    begin();
    path = save(NULL);
    damage(path, -1, SEEK_END);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), 0);
    EXPECT_EQ_INT(viv_image_verify(path, NULL, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "have been changed");
    damage(path, 30, SEEK_SET);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), VIV_EFORMAT);
    end();
}

TEST(a_key_is_wanted_by_what_was_saved_with_one)
{
    static const viv_key key = {"secret", 6}, other = {"Secret", 6};
    const char *path;

    begin();
    path = save(&key);
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(viv_image_look(path, &other, &file, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(viv_image_look(path, &key, &file, &err), 0);
    EXPECT_EQ_INT(viv_image_verify(path, &key, &err), 0);
    end();
}

TEST(what_is_no_image_is_refused)
{
    const char *path;

    begin();
    path = folder_path("text");
    folder_write(path, "");
    EXPECT_EQ_INT(viv_image_look(path, NULL, &file, &err), VIV_EFORMAT);
    folder_write(path, "no image");
    EXPECT_EQ_INT(viv_image_verify(path, NULL, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(viv_image_look(folder_path("none"), NULL, &file, &err),
                  VIV_EIO);
    EXPECT_EQ_INT(viv_image_look(NULL, NULL, &file, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_look(path, NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_verify(NULL, NULL, &err), VIV_EINVAL);
    end();
}
