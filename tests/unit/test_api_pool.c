/* test_api_pool.c - vivarium.h: pools and their meters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool_tools.h"

TEST(what_is_missing_is_refused)
{
    open_pool(1);
    EXPECT_EQ_INT(viv_pool_new(NULL, &config, &pool, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_pool_new(image, &config, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_pool_acquire(NULL, NULL, 0, &held, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, 0, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, 0, NULL, NULL), VIV_EINVAL);
    close_pool();
}

TEST(no_pool_is_nothing_to_do)
{
    char text[32768];

    EXPECT(viv_pool_ref(NULL) == NULL);
    viv_pool_unref(NULL);
    viv_pool_release(NULL, NULL);
    viv_pool_close(NULL);
    EXPECT_EQ_INT(viv_pool_trim(NULL), 0);
    viv_pool_meters_of(NULL, &meters);
    EXPECT_EQ_INT(meters.live, 0);
    EXPECT(viv_pool_text(NULL, text, sizeof(text)) > 0);
    EXPECT_HAS_STR(text, "viv_pool_live{pool=\"\"} 0\n");
}

TEST(a_pool_has_a_name_and_without_a_config_the_usual_one)
{
    char text[32768];

    make_image(later);
    config.name = "tenants";
    open_pool(1);
    viv_pool_text(pool, text, sizeof(text));
    EXPECT_HAS_STR(text, "viv_pool_live{pool=\"tenants\"} 0\n");
    viv_pool_unref(pool);
    EXPECT_EQ_INT(viv_pool_new(image, NULL, &pool, &err), 0);
    viv_pool_text(pool, text, sizeof(text));
    EXPECT_HAS_STR(text, "viv_pool_live{pool=\"pool\"} 0\n");
    close_pool();
}
