/* test_api_image.c - vivarium.h: images.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

static const char WAT[] = "(module (memory 2) (data (i32.const 70000) \"x\")"
                          " (func (export \"trap\") (unreachable)))";

static struct guest guest;
static viv_error err;

TEST(missing_arguments_are_refused)
{
    viv_image *image;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_image_new(NULL, &image, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, NULL, &err), VIV_EINVAL);
    viv_image_unref(NULL);
    guest_end(&guest);
}

TEST(an_image_says_how_large_it_is)
{
    uint64_t memory = 1, stored = 1;
    viv_image *image;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    viv_image_bytes(image, &memory, &stored);
    EXPECT_EQ_INT(memory, 2 * 65536);
    EXPECT_EQ_INT(stored, 2 * 4096); /* a page of state, and one of memory */
    viv_image_bytes(image, NULL, NULL);
    viv_image_unref(image);
    viv_image_bytes(NULL, &memory, &stored);
    EXPECT_EQ_INT(memory + stored, 0);
    guest_end(&guest);
}

TEST(the_last_owner_frees_it)
{
    viv_sandbox *sandbox;
    viv_image *image;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    EXPECT(viv_image_ref(image) == image);
    viv_image_unref(image);
    guest_end(&guest); /* its maker is gone, and so is our module */
    EXPECT_EQ_INT(viv_sandbox_from(image, NULL, &sandbox, &err), 0);
    viv_image_unref(image);
    EXPECT_EQ_INT(viv_sandbox_reset(sandbox, &err), 0);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), 2 * 65536);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
}

TEST(a_guest_that_trapped_can_be_frozen)
{
    viv_image *image;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_call(&guest, "trap", NULL, 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    viv_image_unref(image);
    guest_end(&guest);
}
