/* test_engine_verify.c - can a guest live in this image?
 *
 * Each test makes an image that is right, changes one thing in a copy of its
 * state, and looks whether that is seen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_verify.h"

#include "guest.h"
#include "mem/mem_image.h"
#include "mem/mem_seal.h"

static const char WAT[] =
    "(module (memory 2 10) (table 3 700 funcref) (table 2 externref)"
    " (global (mut funcref) (ref.null func)) (global (mut i32) (i32.const 1))"
    " (elem (i32.const 0) $f) (func $f (export \"f\") (param i32))"
    " (func $g (export \"g\")))";

static struct guest guest;
static struct engine_instance *instance;
static const struct engine_module *module;
static struct mem_image *image;
static char *copy; /* of all pages */
static viv_error err;

static void begin(void)
{
    size_t page = 0, count;

    guest = guest_start(WAT);
    instance = (struct engine_instance *)guest.sandbox;
    module = instance->module;
    EXPECT_EQ_INT(engine_instance_freeze(instance, &image, &err), 0);
    copy = calloc(1, mem_image_bytes(image));
    EXPECT(copy != NULL);
    while ((count = mem_image_run(image, &page, mem_image_pages(image))) > 0) {
        memcpy(copy + page * OS_PAGE_BYTES, mem_image_page(image, page),
               count * OS_PAGE_BYTES);
        page += count;
    }
}

static void end(void)
{
    free(copy);
    mem_image_unref(image);
    guest_end(&guest);
}

/* A word of the copy's state, at its offset from the base. */
static void *at(int64_t offset)
{
    return copy + mem_image_state_bytes(image) + offset;
}

static void set(int64_t offset, uint64_t value, size_t bytes)
{
    memcpy(at(offset), &value, bytes);
}

/* What is said of an image of the copy, as one that was loaded. */
static int verdict(void)
{
    struct mem_image *forged;
    int code;

    EXPECT_EQ_INT(mem_seal_begin(mem_image_state_bytes(image),
                                 mem_image_linear_bytes(image), &forged, &err),
                  0);
    EXPECT_EQ_INT(mem_seal_put(forged, 0, copy, mem_image_pages(image), &err),
                  0);
    EXPECT_EQ_INT(mem_seal_end(forged, &err), 0);
    code = engine_verify_image(module, forged, &err);
    mem_image_unref(forged);
    return code;
}

static int64_t entry(uint32_t table, uint32_t index)
{
    return module->layout.table_at[table] + 8 * (int64_t)index;
}

TEST(what_was_frozen_here_is_good)
{
    begin();
    EXPECT_EQ_INT(engine_verify_image(module, image, &err), 0);
    EXPECT_EQ_INT(engine_verify_sizes(instance, image, &err), 0);
    EXPECT_EQ_INT(verdict(), 0);
    end();
}

TEST(memory_is_as_large_as_the_state_says)
{
    static const uint64_t sizes[] = {
        0, 65536, 131071, 131073, 196608, UINT64_C(1) << 32, UINT64_MAX};

    begin();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        set(ENGINE_AT_MEMORY_BYTES, sizes[i], 8);
        EXPECT_EQ_INT(verdict(), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "size of memory");
    }
    end();
}

TEST(a_table_is_within_its_capacity)
{
    begin();
    set(module->layout.table_size_at[0], 700, 4);
    EXPECT_EQ_INT(verdict(), 0);
    set(module->layout.table_size_at[0], 701, 4);
    EXPECT_EQ_INT(verdict(), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "size of table 0");
    set(module->layout.table_size_at[0], UINT32_MAX, 4);
    EXPECT_EQ_INT(verdict(), VIV_EFORMAT);
    end();
}

/* References that would call what they must not. */
static uint64_t bad_ref(size_t i)
{
    uint64_t f = engine_module_ref_func(module, 0);
    const uint64_t bad[] = {
        f + 1,                   /* $g, as if it were of $f's type */
        f + 2,                   /* no function at all */
        f & UINT32_MAX,          /* no type */
        f + (UINT64_C(9) << 32), /* no such type */
        1,
        UINT64_MAX,
        (uint64_t)(uintptr_t)&bad_ref,
    };

    return i < sizeof(bad) / sizeof(bad[0]) ? bad[i] : 0;
}

TEST(every_entry_of_a_table_is_null_or_a_function)
{
    /* In the table, beyond its size, and at the end of its capacity. */
    static const uint32_t places[] = {0, 2, 3, 400, 699};

    begin();
    for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
        for (size_t i = 0; bad_ref(i) != 0; i++) {
            set(entry(0, places[p]), bad_ref(i), 8);
            EXPECT_EQ_INT(verdict(), VIV_EFORMAT);
            EXPECT_HAS_STR(err.text, "entry of table 0");
        }
        set(entry(0, places[p]), engine_module_ref_func(module, 1), 8);
        EXPECT_EQ_INT(verdict(), 0);
    }
    end();
}

TEST(the_hosts_numbers_may_be_any)
{
    begin();
    set(entry(1, 0), UINT64_MAX, 8);
    EXPECT_EQ_INT(verdict(), 0);
    end();
}

TEST(so_is_a_global_that_holds_a_function)
{
    begin();
    for (size_t i = 0; bad_ref(i) != 0; i++) {
        set(module->layout.global_at[0], bad_ref(i), 8);
        EXPECT_EQ_INT(verdict(), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "global 0");
    }
    set(module->layout.global_at[0], engine_module_ref_func(module, 0), 8);
    set(module->layout.global_at[1], UINT64_MAX, 8);
    EXPECT_EQ_INT(verdict(), 0);
    end();
}

TEST(all_else_may_be_anything)
{
    begin();
    memset(at(-(int64_t)sizeof(struct engine_state)), 0xff,
           sizeof(struct engine_state));
    set(ENGINE_AT_MEMORY_BYTES, 2 * 65536, 8);
    memset(at(module->layout.transfer_at), 0xff,
           16 * module->layout.transfer_slots);
    memset(at(0), 0xff, 2 * 65536);
    EXPECT_EQ_INT(verdict(), 0);
    end();
}

TEST(state_of_another_size_is_of_another_module)
{
    struct mem_image *other;

    begin();
    EXPECT_EQ_INT(mem_seal_begin(0, 2 * 65536, &other, &err), 0);
    EXPECT_EQ_INT(mem_seal_end(other, &err), 0);
    EXPECT_EQ_INT(engine_verify_image(module, other, &err), VIV_EVERSION);
    EXPECT_EQ_INT(engine_verify_sizes(instance, other, &err), VIV_EVERSION);
    mem_image_unref(other);
    end();
}

/* The state pages of the guest, as if they had been loaded into it. */
static int verdict_on_region(bool all)
{
    uint64_t changed[64];

    EXPECT(mem_image_state_bytes(image) / OS_PAGE_BYTES < 64 * 64);
    memset(changed, all ? 0xff : 0, sizeof(changed));
    return engine_verify_region(instance, changed, &err);
}

TEST(in_a_region_the_pages_that_were_changed_are_looked_at)
{
    char *base;
    uint64_t *forged, kept;

    begin();
    base = instance->region.base;
    forged = (uint64_t *)(base + entry(0, 400));
    EXPECT_EQ_INT(verdict_on_region(true), 0);
    for (size_t i = 0; bad_ref(i) != 0; i++) {
        *forged = bad_ref(i);
        EXPECT_EQ_INT(verdict_on_region(true), VIV_EFORMAT);
        EXPECT_EQ_INT(verdict_on_region(false), 0);
    }
    *forged = 0;
    kept = *(uint32_t *)(base + module->layout.table_size_at[0]);
    *(uint32_t *)(base + module->layout.table_size_at[0]) = 701;
    EXPECT_EQ_INT(verdict_on_region(false), VIV_EFORMAT); /* always */
    *(uint32_t *)(base + module->layout.table_size_at[0]) = (uint32_t)kept;
    instance->entries_max = 4;
    EXPECT_EQ_INT(verdict_on_region(false), VIV_EINVAL);
    instance->entries_max = 5;
    engine_instance_state(instance)->memory_bytes += 65536;
    EXPECT_EQ_INT(verdict_on_region(false), VIV_EFORMAT);
    engine_instance_state(instance)->memory_bytes -= 65536;
    EXPECT_EQ_INT(verdict_on_region(true), 0);
    end();
}

TEST(an_image_is_within_the_limits_of_who_shall_live_in_it)
{
    begin();
    instance->memory_max_pages = 1;
    EXPECT_EQ_INT(engine_verify_sizes(instance, image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "131072 bytes of memory");
    instance->memory_max_pages = 2;
    instance->entries_max = 4;
    EXPECT_EQ_INT(engine_verify_sizes(instance, image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "5 table entries");
    instance->entries_max = 5;
    instance->entries_max_of[0] = 2;
    EXPECT_EQ_INT(engine_verify_sizes(instance, image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "3 entries in table 0");
    instance->entries_max_of[0] = 3;
    EXPECT_EQ_INT(engine_verify_sizes(instance, image, &err), 0);
    end();
}
