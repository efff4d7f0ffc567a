/* test_wasi_guest.c - the one door to guest memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_guest.h"

#include <stdlib.h>

#include "test.h"
#include "wasi/wasi_errno.h"

#define BYTES 65536u

/* Linear memory of one page, in memory whose end a sanitizer watches. */
static struct wasi_guest guest;
static struct wasi_parts parts;

static void begin(void)
{
    guest = (struct wasi_guest){malloc(BYTES), BYTES};
    EXPECT(guest.base != NULL);
    memset(guest.base, 0, BYTES);
}

static void put_part(uint32_t list, uint32_t index, uint32_t at, uint32_t len)
{
    uint32_t part[2] = {at, len};

    memcpy(guest.base + list + 8 * index, part, sizeof(part));
}

TEST(what_is_in_memory_is_reached_to_the_last_byte)
{
    char there[4];

    begin();
    EXPECT_EQ_INT(wasi_guest_put(&guest, wasi_at(BYTES - 4), "last", 4), 0);
    EXPECT_EQ_INT(wasi_guest_get(&guest, wasi_at(BYTES - 4), there, 4), 0);
    EXPECT_EQ_MEM(there, "last", 4);
    EXPECT_EQ_INT(wasi_guest_put(&guest, wasi_at(BYTES - 3), "last", 4),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_get(&guest, wasi_at(BYTES - 3), there, 4),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_put(&guest, wasi_at(UINT32_MAX), "x", 1),
                  WASI_EFAULT);
    EXPECT_EQ_MEM(guest.base + BYTES - 4, "last", 4);
}

TEST(stretches_do_not_wrap_around_4_gib)
{
    static char somewhere[1];
    char *span;

    guest = (struct wasi_guest){somewhere, UINT64_C(1) << 32};
    EXPECT_EQ_INT(wasi_guest_span(&guest, wasi_at(0), UINT64_C(1) << 32, &span),
                  0);
    EXPECT_EQ_INT(wasi_guest_span(&guest, wasi_at(1), UINT64_C(1) << 32, &span),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_span(&guest, wasi_at(UINT32_MAX), 1, &span), 0);
    EXPECT_EQ_INT(wasi_guest_span(&guest, wasi_at(UINT32_MAX), 2, &span),
                  WASI_EFAULT);
    EXPECT_EQ_INT(
        wasi_guest_span(&guest, wasi_at(UINT32_MAX), UINT64_MAX, &span),
        WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_span(&guest,
                                  wasi_at_plus(wasi_at(UINT32_MAX), UINT32_MAX),
                                  1, &span),
                  WASI_EFAULT);
}

TEST(nothing_may_be_anywhere)
{
    char *span;

    begin();
    EXPECT_EQ_INT(wasi_guest_span(&guest, wasi_at(UINT32_MAX), 0, &span), 0);
    EXPECT(span == guest.base);
    EXPECT_EQ_INT(wasi_guest_put(&guest, wasi_at(UINT32_MAX), NULL, 0), 0);
    EXPECT_EQ_INT(wasi_guest_get(&guest, wasi_at(UINT32_MAX), NULL, 0), 0);
}

TEST(numbers_are_little_endian_and_need_no_alignment)
{
    begin();
    EXPECT_EQ_INT(wasi_guest_put_u32(&guest, wasi_at(3), 0x04030201), 0);
    EXPECT_EQ_MEM(guest.base + 3, "\1\2\3\4", 4);
    EXPECT_EQ_INT(
        wasi_guest_put_u64(&guest, wasi_at(9), UINT64_C(0x0807060504030201)),
        0);
    EXPECT_EQ_MEM(guest.base + 9, "\1\2\3\4\5\6\7\10", 8);
    EXPECT_EQ_INT(wasi_guest_put_u32(&guest, wasi_at(BYTES - 3), 0),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_put_u64(&guest, wasi_at(BYTES - 7), 0),
                  WASI_EFAULT);
}

/* ------------------------------------------------------------------------
 * Lists of buffers.
 */

TEST(a_list_leaves_out_what_is_empty)
{
    begin();
    put_part(100, 0, 8, 3);
    put_part(100, 1, UINT32_MAX, 0);
    put_part(100, 2, BYTES - 1, 1);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(100), 3, &parts), 0);
    EXPECT_EQ_INT(parts.count, 2);
    EXPECT_EQ_INT(parts.bytes, 4);
    EXPECT(parts.parts[0].iov_base == guest.base + 8);
    EXPECT_EQ_INT(parts.parts[0].iov_len, 3);
    EXPECT(parts.parts[1].iov_base == guest.base + BYTES - 1);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(UINT32_MAX), 0, &parts), 0);
    EXPECT_EQ_INT(parts.count, 0);
}

TEST(a_list_that_leaves_memory_is_refused)
{
    begin();
    put_part(BYTES - 8, 0, 0, 1);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(BYTES - 8), 1, &parts), 0);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(BYTES - 8), 2, &parts),
                  WASI_EFAULT);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(BYTES - 7), 1, &parts),
                  WASI_EFAULT);
    put_part(0, 0, BYTES - 1, 1);
    put_part(0, 1, BYTES - 1, 2);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), 1, &parts), 0);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), 2, &parts), WASI_EFAULT);
    put_part(0, 1, UINT32_MAX, UINT32_MAX);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), 2, &parts), WASI_EFAULT);
}

TEST(a_list_has_a_most)
{
    static const uint32_t counts[] = {WASI_PARTS_MAX + 1, 1u << 29, 1u << 31,
                                      UINT32_MAX};

    begin();
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), WASI_PARTS_MAX, &parts),
                  0);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), counts[i], &parts),
                      WASI_EINVAL);
}

TEST(a_transfer_is_cut_where_it_would_take_long)
{
    uint64_t bytes = WASI_PART_BYTES_MAX + BYTES;

    guest = (struct wasi_guest){calloc(1, bytes), bytes};
    put_part(0, 0, 4096, 5);
    put_part(0, 1, 0, (uint32_t)WASI_PART_BYTES_MAX);
    put_part(0, 2, 0, 7);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), 3, &parts), 0);
    EXPECT_EQ_INT(parts.count, 2);
    EXPECT_EQ_INT(parts.bytes, WASI_PART_BYTES_MAX);
    EXPECT_EQ_INT(parts.parts[1].iov_len, WASI_PART_BYTES_MAX - 5);
    put_part(0, 2, UINT32_MAX, 7);
    EXPECT_EQ_INT(wasi_guest_parts(&guest, wasi_at(0), 3, &parts), WASI_EFAULT);
}
