/* test_api_backtrace.c - vivarium.h: where a guest is, or was when it was
 * stopped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"
#include "vivarium.h"

TEST(a_guest_that_trapped_says_where)
{
    struct guest guest =
        guest_start("(module (func (export \"f\") unreachable))");
    viv_frame frames[2];
    size_t count;
    uint32_t more;

    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, frames, 2, &count, &more), 0);
    EXPECT_EQ_INT(count, 0);
    EXPECT_EQ_INT(more, 0);
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, frames, 2, &count, &more), 0);
    EXPECT_EQ_INT(count, 1);
    EXPECT_EQ_INT(more, 0);
    EXPECT_EQ_INT(frames[0].func, 0);
    EXPECT_EQ_INT(frames[0].name_len, 1);
    EXPECT_EQ_MEM(frames[0].name, "f", 1);
    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, NULL, 0, &count, &more), 0);
    EXPECT_EQ_INT(count, 0);
    EXPECT_EQ_INT(more, 1);
    guest_end(&guest);
}

TEST(what_is_missing_is_refused)
{
    struct guest guest = guest_start("(module)");
    viv_frame frames[2];
    size_t count;
    uint32_t more;

    EXPECT_EQ_INT(viv_backtrace(NULL, frames, 2, &count, &more), VIV_EINVAL);
    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, NULL, 2, &count, &more),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, frames, 2, NULL, &more),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_backtrace(guest.sandbox, frames, 2, &count, NULL),
                  VIV_EINVAL);
    guest_end(&guest);
}
