/* test_engine_instance.c - one living guest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_instance.h"

#include "base/base_alloc.h"
#include "engine/engine_birth.h"
#include "engine/engine_table.h"
#include "engine/engine_verify.h"
#include "guest.h"
#include "mem/mem_image.h"
#include "mode_tools.h"
#include "os/os_fail.h"

static struct guest guest;
static viv_error err;

/* ------------------------------------------------------------------------
 * Failure, and numbers of them.
 */

static const char WHOLE[] =
    "(module (import \"env\" \"f\" (func $f (result i32))) (memory 1)"
    " (table 3 funcref) (elem (i32.const 0) $s) (data (i32.const 0) \"abc\")"
    " (func $s (drop (call $f))) (start $s)"
    " (func (export \"ask\") (param i32) (result i32) (call $f)))";

static int seven(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)call, (void)args, (void)cookie;
    results[0].i32 = 7;
    return 0;
}

static const uint8_t I32[] = {VIV_I32};
static viv_import whole_imports[] = {
    {.module = "env",
     .name = "f",
     .kind = VIV_FUNC,
     .func_type = {NULL, I32, 0, 1},
     .func = seven},
};

TEST(every_failing_allocation_is_survived)
{
    viv_module *module = guest_load(WHOLE, false);
    viv_outcome outcome;
    viv_sandbox *sandbox;
    int n, code;

    for (n = 1;; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = viv_sandbox_new(module, whole_imports, 1, NULL, &sandbox,
                               &outcome, &err);
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
        EXPECT(err.text[0] != '\0');
    }
    EXPECT(n > 4);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

TEST(every_failing_system_call_is_survived)
{
    viv_module *module = guest_load(WHOLE, false);
    viv_outcome outcome;
    viv_sandbox *sandbox;
    int n, code;

    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = viv_sandbox_new(module, whole_imports, 1, NULL, &sandbox,
                               &outcome, &err);
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT(err.text[0] != '\0');
    }
    EXPECT(n > 8);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

static uint64_t mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    uint64_t lines = 0;
    int c;

    EXPECT(maps != NULL);
    while ((c = getc(maps)) != EOF)
        lines += c == '\n';
    fclose(maps);
    return lines;
}

/* Valgrind walks all of a region's address space each time. */
static int many(int count)
{
    return mode_is("valgrind") ? count / 500 : count;
}

TEST(ten_thousand_come_and_go)
{
    viv_module *module = guest_load(WHOLE, false);
    uint64_t before = 0;

    for (int i = 0; i < many(10000); i++) {
        guest = guest_of(module, whole_imports, 1, NULL);
        if (i % 500 == 0)
            EXPECT_EQ_INT(guest_ask(&guest, "ask", 0), 7);
        guest_end(&guest);
        if (i == 0)
            before = mappings();
    }
    EXPECT(mappings() <= before + 2);
    viv_module_unref(module);
}

TEST(hundreds_live_side_by_side)
{
    static struct guest guests[500];
    viv_module *module = guest_load(WHOLE, false);
    int count = many(500);

    for (int i = 0; i < count; i++)
        guests[i] = guest_of(module, whole_imports, 1, NULL);
    for (int i = 0; i < count; i++)
        EXPECT_EQ_INT(guest_ask(&guests[i], "ask", 0), 7);
    for (int i = 0; i < count; i++)
        guest_end(&guests[i]);
    viv_module_unref(module);
}

/* ------------------------------------------------------------------------
 * Frozen, and alive again.
 */

static const char CHANGES[] =
    "(module (memory 1 5) (global (mut i32) (i32.const 1))"
    " (table 2 9 funcref) (elem declare func $f)"
    " (func $f (export \"f\") (param i32) (result i32)"
    "  (global.set 0 (local.get 0)) (i32.store (i32.const 8) (local.get 0))"
    "  (table.set 0 (i32.const 1) (ref.func $f)) (memory.grow (i32.const 1))))";

static struct engine_instance *instance_of(struct guest *of)
{
    return (struct engine_instance *)of->sandbox;
}

TEST(an_image_has_nothing_of_this_process)
{
    struct engine_state *state;
    struct mem_image *image;

    guest = guest_start(CHANGES);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 5), 1);
    EXPECT_EQ_INT(engine_instance_freeze(instance_of(&guest), &image, &err), 0);
    state = (struct engine_state *)(mem_image_page(image, 0) +
                                    mem_image_state_bytes(image)) -
            1;
    EXPECT(state->instance == NULL && state->helpers == NULL);
    EXPECT(state->base == NULL && state->fuel == 0);
    EXPECT_EQ_INT(state->memory_bytes, 2 * 65536);
    engine_instance_check(instance_of(&guest)); /* awake again */
    EXPECT_EQ_INT(guest_ask(&guest, "f", 6), 2);
    mem_image_unref(image);
    guest_end(&guest);
}

TEST(an_instance_from_an_image_is_what_was_frozen)
{
    struct engine_instance other, *first;
    struct mem_image *image;
    viv_limits limits;

    viv_limits_default(&limits);
    guest = guest_start(CHANGES);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 5), 1);
    first = instance_of(&guest);
    EXPECT_EQ_INT(engine_instance_freeze(first, &image, &err), 0);
    EXPECT_EQ_INT(
        engine_instance_init(&other, first->link, image, &limits, NULL, &err),
        0);
    EXPECT_EQ_INT(other.region.linear_bytes, 2 * 65536);
    EXPECT_EQ_MEM(other.region.base, first->region.base, 2 * 65536);
    EXPECT_EQ_MEM(
        mem_region_state(&other.region), mem_region_state(&first->region),
        first->region.shape.state_bytes - sizeof(struct engine_state) -
            16 * first->module->layout.transfer_slots);
    engine_instance_fini(&other);
    mem_image_unref(image);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * The store.
 */

static struct engine_link *link_with_store(viv_module *module, bool needs_it)
{
    struct engine_link *link;

    EXPECT_EQ_INT(
        engine_link_new((struct engine_module *)module, NULL, 0, &link, NULL),
        0);
    link->needs_store = needs_it;
    return link;
}

/* An instance whose limit of files is this; returns its store's size. */
static size_t make_instance(struct engine_instance *instance,
                            struct engine_link *link, struct mem_image *image,
                            uint64_t file_bytes)
{
    viv_limits limits;
    size_t bytes;

    viv_limits_default(&limits);
    limits.file_bytes = file_bytes;
    if (engine_instance_init(instance, link, image, &limits, NULL, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    engine_instance_store(instance, &bytes);
    return bytes;
}

static const char TABLED[] =
    "(module (memory 1) (table 2 funcref) (elem (i32.const 0) $f)"
    " (global (export \"g\") i32 (i32.const 7)) (func $f))";

TEST(a_store_is_as_large_as_its_limit_in_whole_pages)
{
    static const uint64_t limits[] = {0, 4095, 4096, 4097, 1 << 20};
    static const size_t bytes[] = {0, 0, 4096, 4096, 1 << 20};
    static struct engine_instance instance;
    viv_module *module = guest_load(TABLED, false);
    struct engine_link *link = link_with_store(module, true);

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        EXPECT_EQ_INT(make_instance(&instance, link, NULL, limits[i]),
                      bytes[i]);
        engine_instance_fini(&instance);
    }
    EXPECT_EQ_INT(make_instance(&instance, link, NULL, VIV_ENDLESS), 1 << 30);
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}

TEST(who_needs_no_store_has_none)
{
    static struct engine_instance instance;
    viv_module *module = guest_load(TABLED, false);
    struct engine_link *link = link_with_store(module, false);

    EXPECT_EQ_INT(make_instance(&instance, link, NULL, 1 << 20), 0);
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}

TEST(a_store_goes_into_images_and_comes_back)
{
    static struct engine_instance instance, other;
    viv_module *module = guest_load(TABLED, false);
    struct engine_link *link = link_with_store(module, true);
    struct mem_image *image;
    size_t bytes;
    char *store;

    make_instance(&instance, link, NULL, 8192);
    EXPECT(engine_birth_fill(&instance));
    store = engine_instance_store(&instance, &bytes);
    memset(store, 'S', bytes);
    EXPECT_EQ_INT(engine_instance_freeze(&instance, &image, NULL), 0);
    EXPECT_EQ_INT(engine_verify_image(instance.module, image, &err), 0);
    EXPECT_EQ_INT(make_instance(&other, link, image, 1 << 20), 8192);
    EXPECT_EQ_MEM(engine_instance_store(&other, &bytes), store, 8192);
    EXPECT_EQ_INT(*engine_table_size(&other, 0), 2);
    EXPECT_EQ_INT(*(int32_t *)engine_instance_global(&other, 0), 7);
    engine_instance_fini(&other);
    mem_image_unref(image);
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}

TEST(an_image_whose_store_is_larger_than_the_limit_is_refused)
{
    static struct engine_instance instance, other;
    viv_module *module = guest_load(TABLED, false);
    struct engine_link *link = link_with_store(module, true);
    struct mem_image *image;
    viv_limits limits;

    viv_limits_default(&limits);
    limits.file_bytes = 8191;
    make_instance(&instance, link, NULL, 8192);
    EXPECT_EQ_INT(engine_instance_freeze(&instance, &image, NULL), 0);
    EXPECT_EQ_INT(
        engine_instance_init(&other, link, image, &limits, NULL, &err),
        VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the image has 8192 bytes for files, the limit "
                            "file_bytes allows 4096");
    limits.file_bytes++;
    EXPECT_EQ_INT(
        engine_instance_init(&other, link, image, &limits, NULL, &err), 0);
    engine_instance_fini(&other);
    mem_image_unref(image);
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}
