/* test_wasi_texts.c - a list of texts, as C programs are given them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_texts.h"

#include <stdlib.h>

#include "base/base_alloc.h"
#include "test.h"
#include "wasi/wasi_errno.h"

static struct wasi_texts texts;
static viv_error err;

static int init(const char *const *from, size_t count)
{
    return wasi_texts_init(&texts, from, count, "argument", &err);
}

TEST(texts_are_written_as_c_wants_them)
{
    static const char *const from[] = {"one", "", "three"};
    struct wasi_guest guest = {malloc(64), 64};
    uint32_t pointers[3], sizes[2];

    EXPECT_EQ_INT(init(from, 3), 0);
    EXPECT_EQ_INT(wasi_texts_put_sizes(&texts, &guest, wasi_at(1), wasi_at(5)),
                  0);
    memcpy(sizes, guest.base + 1, 8);
    EXPECT_EQ_INT(sizes[0], 3);
    EXPECT_EQ_INT(sizes[1], 11);
    EXPECT_EQ_INT(wasi_texts_put(&texts, &guest, wasi_at(13), wasi_at(64 - 11)),
                  0);
    memcpy(pointers, guest.base + 13, sizeof(pointers));
    EXPECT_EQ_STR(guest.base + pointers[0], "one");
    EXPECT_EQ_STR(guest.base + pointers[1], "");
    EXPECT_EQ_STR(guest.base + pointers[2], "three");
    wasi_texts_fini(&texts);
    wasi_texts_fini(&texts);
    free(guest.base);
}

TEST(who_has_no_room_is_told)
{
    static const char *const from[] = {"one", "", "three"};
    struct wasi_guest guest = {malloc(64), 64};

    EXPECT_EQ_INT(init(from, 3), 0);
    EXPECT_EQ_INT(wasi_texts_put(&texts, &guest, wasi_at(0), wasi_at(64 - 10)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_texts_put(&texts, &guest, wasi_at(64 - 11), wasi_at(0)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_texts_put(&texts, &guest, wasi_at(64 - 12), wasi_at(0)),
                  0);
    EXPECT_EQ_INT(wasi_texts_put_sizes(&texts, &guest, wasi_at(61), wasi_at(0)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_texts_put_sizes(&texts, &guest, wasi_at(0), wasi_at(61)),
                  WASI_EFAULT);
    wasi_texts_fini(&texts);
    free(guest.base);
}

TEST(no_texts_need_no_room)
{
    char nothing[1];
    struct wasi_guest guest = {nothing, 0};

    EXPECT_EQ_INT(init(NULL, 0), 0);
    EXPECT_EQ_INT(wasi_texts_put(&texts, &guest, wasi_at(9), wasi_at(9)), 0);
    wasi_texts_fini(&texts);
}

TEST(what_a_host_gives_wrongly_is_named)
{
    const char *from[2] = {"one", NULL};
    char *large = malloc(WASI_TEXTS_BYTES_MAX + 1);

    EXPECT_EQ_INT(init(from, 2), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "argument 1 is not there");
    memset(large, 'x', WASI_TEXTS_BYTES_MAX);
    large[WASI_TEXTS_BYTES_MAX] = '\0';
    from[0] = large;
    EXPECT_EQ_INT(init(from, 1), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "there are more than 16777216 bytes of arguments");
    from[0] = large + 1;
    EXPECT_EQ_INT(init(from, 1), 0);
    wasi_texts_fini(&texts);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(init(from, 1), VIV_ENOMEM);
    free(large);
}
