/* test_api_save.c - vivarium.h: images and sandboxes as bytes.
 *
 * What they do is tested in test_sandbox_save.c; here is what they refuse.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

static struct guest guest;
static viv_image *image;
static viv_error err;

static void begin(void)
{
    guest = guest_start("(module (memory 1))");
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, NULL), 0);
}

static void end(void)
{
    viv_image_unref(image);
    guest_end(&guest);
}

TEST(missing_arguments_are_refused)
{
    static const viv_key empty_key = {NULL, 5};
    viv_sandbox *sandbox;
    viv_image *back;
    void *bytes;
    size_t len;

    begin();
    EXPECT_EQ_INT(viv_image_save(NULL, NULL, NULL, "x", &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_save(image, NULL, &empty_key, "x", &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_load(NULL, NULL, 0, NULL, NULL, "x", &back, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 1, NULL, NULL, "x", &back, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, NULL, NULL, NULL, &back, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, NULL, NULL, "x", NULL, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_dump(NULL, NULL, &bytes, &len, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_dump(guest.sandbox, NULL, NULL, &len, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_dump(guest.sandbox, NULL, &bytes, NULL, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_load(NULL, NULL, NULL, "x", 1, &sandbox, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_load(image, NULL, NULL, NULL, 1, &sandbox, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_load(image, NULL, NULL, "x", 1, NULL, &err),
                  VIV_EINVAL);
    viv_free(NULL);
    end();
}

TEST(nothing_at_all_is_no_dump)
{
    viv_sandbox *sandbox;

    begin();
    EXPECT_EQ_INT(viv_sandbox_load(image, NULL, NULL, NULL, 0, &sandbox, &err),
                  VIV_EFORMAT);
    end();
}

TEST(an_image_of_another_module_is_no_base)
{
    struct guest other;
    viv_image *base;

    begin();
    other = guest_start("(module (memory 2))");
    EXPECT_EQ_INT(viv_image_new(other.sandbox, &base, NULL), 0);
    EXPECT_EQ_INT(viv_image_save(image, base, NULL, "/nowhere", &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "two modules");
    viv_image_unref(base);
    guest_end(&other);
    end();
}
