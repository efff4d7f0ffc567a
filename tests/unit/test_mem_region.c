/* test_mem_region.c - one reserved stretch of address space with guards.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_region.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "mem/mem_image.h"
#include "mem_tools.h"
#include "os/os_fail.h"
#include "os/os_map.h"
#include "os/os_map_limit.h"

#define STACK   (16 * PAGE)
#define STATE   (2 * PAGE)
#define MIB     ((size_t)1 << 20)
#define REGIONS 20

static const struct mem_shape SMALL = {PAGE, STACK, STATE, 8 * PAGE, 3 * PAGE};
static struct mem_region region;
static char *victim;
static viv_error err;

static void write_victim(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)victim = 1;
}

static void expect_closed(char *at)
{
    victim = at;
    EXPECT_DIES(SIGSEGV, write_victim);
}

static void begin(size_t linear_bytes)
{
    EXPECT_EQ_INT(mem_region_init(&region, &SMALL, linear_bytes, &err), 0);
}

/* An image with 's' at the start of its state and 'm' at that of its pages of
 * linear memory. */
static struct mem_image *make_image(size_t linear_bytes)
{
    struct mem_image *image;

    begin(linear_bytes);
    *mem_region_state(&region) = 's';
    for (size_t at = 0; at < linear_bytes; at += PAGE)
        region.base[at] = 'm';
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    mem_region_fini(&region);
    return image;
}

static void begin_from(struct mem_image *image)
{
    EXPECT_EQ_INT(mem_region_init_image(&region, &SMALL, image, &err), 0);
}

/* ------------------------------------------------------------------------
 * Layout.
 */

TEST(stack_state_and_linear_memory_are_open_and_zero)
{
    begin(2 * PAGE);
    EXPECT(mem_region_stack_low(&region) == region.base - STATE - STACK);
    EXPECT(mem_region_stack_top(&region) == region.base - STATE);
    EXPECT(mem_region_state(&region) == region.base - STATE);
    EXPECT(mem_region_end(&region) == region.base + 2 * PAGE);
    for (char *at = region.base - STATE - STACK; at < region.base + 2 * PAGE;
         at++)
        EXPECT_EQ_INT(*at, 0);
    memset(region.base - STATE - STACK, 1, STACK + STATE + 2 * PAGE);
    mem_region_check(&region);
    mem_region_fini(&region);
}

static void expect_closed_around(void)
{
    expect_closed(region.base - STATE - STACK - 1);
    expect_closed(region.base - STATE - STACK - PAGE);
    expect_closed(region.low);
    expect_closed(region.base + region.linear_bytes);
    expect_closed(region.base + 8 * PAGE);
    expect_closed(region.base + 11 * PAGE - 1);
    expect_closed(region.low + region.bytes - 1);
}

TEST(all_around_is_closed_to_the_byte)
{
    struct mem_image *image = make_image(2 * PAGE);

    begin(2 * PAGE);
    expect_closed_around();
    mem_region_fini(&region);
    begin_from(image);
    expect_closed_around();
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(the_base_is_in_the_middle_of_a_block)
{
    struct mem_shape shape = SMALL;

    for (size_t pages = 0; pages < 700; pages += 13) {
        shape.guard_low_bytes = (pages * 7 % 50 + 1) * PAGE;
        shape.stack_bytes = pages * PAGE;
        shape.state_bytes = (pages / 10 + 1) * PAGE;
        EXPECT_EQ_INT(mem_region_init(&region, &shape, PAGE, &err), 0);
        EXPECT_EQ_INT((uintptr_t)region.base % (2 * MIB), MIB);
        mem_region_check(&region);
        mem_region_fini(&region);
    }
}

TEST(has_knows_linear_memory_and_its_guard)
{
    begin(PAGE);
    EXPECT(!mem_region_has(&region, (uintptr_t)region.base - 1));
    EXPECT(mem_region_has(&region, (uintptr_t)region.base));
    EXPECT(mem_region_has(&region, (uintptr_t)region.base + 11 * PAGE - 1));
    EXPECT(!mem_region_has(&region, (uintptr_t)region.low + region.bytes));
    mem_region_fini(&region);
}

/* ------------------------------------------------------------------------
 * Growing and shrinking.
 */

TEST(growing_opens_as_much_as_was_asked_for)
{
    begin(0);
    expect_closed(region.base);
    EXPECT_EQ_INT(mem_region_grow(&region, 3 * PAGE), 0);
    region.base[3 * PAGE - 1] = 7;
    expect_closed(region.base + 3 * PAGE);
    EXPECT_EQ_INT(mem_region_grow(&region, 8 * PAGE), 0);
    EXPECT_EQ_INT(region.base[3 * PAGE - 1], 7);
    EXPECT_EQ_INT(region.base[8 * PAGE - 1], 0);
    expect_closed(region.base + 8 * PAGE);
    EXPECT_EQ_INT(mem_region_grow(&region, 8 * PAGE), 0);
    mem_region_fini(&region);
}

static void grow_too_far(void)
{
    (void)mem_region_grow(&region, 9 * PAGE);
}

static void grow_back(void)
{
    (void)mem_region_grow(&region, 0);
}

TEST(growing_too_far_or_back_is_our_own_mistake)
{
    begin(PAGE);
    EXPECT_DIES(SIGABRT, grow_too_far);
    EXPECT_DIES(SIGABRT, grow_back);
    mem_region_fini(&region);
}

TEST(what_was_shrunk_is_closed_and_grows_again_as_zeros)
{
    struct mem_image *image = make_image(2 * PAGE);

    begin_from(image);
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ_INT(mem_region_grow(&region, 7 * PAGE), 0);
        EXPECT_EQ_INT(region.base[2 * PAGE], 0);
        memset(region.base, 'x', 7 * PAGE);
        EXPECT_EQ_INT(mem_region_shrink(&region, 2 * PAGE), 0);
        expect_closed(region.base + 2 * PAGE);
        EXPECT_EQ_INT(region.base[2 * PAGE - 1], 'x');
    }
    mem_region_fini(&region);
    mem_image_unref(image);
}

static void shrink_too_far(void)
{
    (void)mem_region_shrink(&region, PAGE);
}

TEST(shrinking_below_the_image_is_our_own_mistake)
{
    struct mem_image *image = make_image(2 * PAGE);

    begin_from(image);
    EXPECT_DIES(SIGABRT, shrink_too_far);
    mem_region_fini(&region);
    mem_image_unref(image);
}

/* ------------------------------------------------------------------------
 * From an image.
 */

TEST(a_region_from_an_image_holds_what_the_image_holds)
{
    struct mem_image *image = make_image(5 * PAGE);

    begin_from(image);
    EXPECT_EQ_INT(region.linear_bytes, 5 * PAGE);
    EXPECT_EQ_MEM(mem_region_state(&region), image->view, STATE + 5 * PAGE);
    memset(mem_region_stack_low(&region), 1, STACK);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(regions_from_one_image_do_not_see_each_other)
{
    struct mem_image *image = make_image(5 * PAGE);
    struct mem_region other;

    begin_from(image);
    EXPECT_EQ_INT(mem_region_init_image(&other, &SMALL, image, &err), 0);
    EXPECT(region.mapping != other.mapping);
    memset(mem_region_state(&region), 'x', STATE + 5 * PAGE);
    EXPECT_EQ_INT(*mem_region_state(&other), 's');
    EXPECT_EQ_INT(other.base[4 * PAGE], 'm');
    EXPECT_EQ_INT(image->view[0], 's');
    mem_region_fini(&region);
    EXPECT_EQ_INT(other.base[4 * PAGE], 'm');
    mem_region_fini(&other);
    mem_image_unref(image);
}

TEST(a_region_keeps_its_image_alive)
{
    struct mem_image *image = make_image(PAGE);

    begin_from(image);
    mem_image_unref(image);
    EXPECT_EQ_INT(region.base[0], 'm');
    EXPECT_EQ_INT(mem_image_state_bytes(region.image), STATE);
    mem_region_fini(&region);
}

TEST(beyond_the_image_linear_memory_is_zeros)
{
    struct mem_image *image = make_image(2 * PAGE);

    begin_from(image);
    EXPECT_EQ_INT(mem_region_grow(&region, 8 * PAGE), 0);
    for (size_t at = 2 * PAGE; at < 8 * PAGE; at++)
        EXPECT_EQ_INT(region.base[at], 0);
    region.base[8 * PAGE - 1] = 1;
    expect_closed(region.base + 8 * PAGE);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(an_adopted_image_is_what_the_region_held)
{
    struct mem_image *first = make_image(2 * PAGE), *second;
    uint64_t mapping;

    begin_from(first);
    mem_image_unref(first);
    mapping = region.mapping;
    EXPECT_EQ_INT(mem_region_grow(&region, 6 * PAGE), 0);
    region.base[5 * PAGE] = 'g';
    EXPECT_EQ_INT(mem_image_new(&region, &second, &err), 0);
    EXPECT_EQ_INT(mem_region_adopt(&region, second, &err), 0);
    mem_image_unref(second);
    EXPECT(region.image == second && region.mapping != mapping);
    EXPECT_EQ_MEM(mem_region_state(&region), second->view, STATE + 6 * PAGE);
    EXPECT_EQ_INT(region.base[5 * PAGE], 'g');
    expect_closed(region.base + 6 * PAGE);
    mem_region_fini(&region);
}

/* ------------------------------------------------------------------------
 * Mappings of the kernel.
 */

/* Regions as a program has them: real guards, one beside the other. */
static const struct mem_shape LARGE = {MIB, 8 * MIB, STATE, (size_t)1 << 32,
                                       (size_t)1 << 31};
static struct mem_region regions[REGIONS];

static size_t mappings_added(struct mem_image *image)
{
    size_t before = os_map_limit_used();

    for (int i = 0; i < REGIONS; i++) {
        if (image != NULL)
            EXPECT_EQ_INT(
                mem_region_init_image(&regions[i], &LARGE, image, &err), 0);
        else
            EXPECT_EQ_INT(mem_region_init(&regions[i], &LARGE, PAGE, &err), 0);
        regions[i].base[0] = 1;
    }
    return os_map_limit_used() - before;
}

TEST(a_region_takes_two_mappings_and_one_from_an_image_three)
{
    struct mem_image *image = make_image(PAGE);
    size_t before = os_map_limit_used();

    mode_need_own();
    EXPECT(mappings_added(NULL) <= 2 * REGIONS + 1);
    for (int i = 0; i < REGIONS; i++)
        mem_region_fini(&regions[i]);
    EXPECT_EQ_INT(os_map_limit_used(), before);
    EXPECT(mappings_added(image) <= 3 * REGIONS + 1);
    for (int i = 0; i < REGIONS; i++)
        EXPECT_EQ_INT(mem_region_grow(&regions[i], 9 * PAGE), 0);
    EXPECT(os_map_limit_used() - before <= 4 * REGIONS + 1);
    for (int i = 0; i < REGIONS; i++) {
        memset(regions[i].base, 1, 9 * PAGE);
        EXPECT_EQ_INT(mem_region_shrink(&regions[i], PAGE), 0);
    }
    EXPECT(os_map_limit_used() - before <= 3 * REGIONS + 1);
    for (int i = 0; i < REGIONS; i++)
        mem_region_fini(&regions[i]);
    EXPECT_EQ_INT(os_map_limit_used(), before);
    mem_image_unref(image);
}

/* Bytes of page tables that this process has. */
static long page_tables(void)
{
    FILE *in = fopen("/proc/self/status", "r");
    char line[256];
    long kib = -1;

    EXPECT(in != NULL);
    while (fgets(line, sizeof(line), in) != NULL)
        sscanf(line, "VmPTE: %ld", &kib);
    fclose(in);
    EXPECT(kib >= 0);
    return kib * 1024;
}

TEST(what_every_run_touches_shares_a_page_of_page_tables)
{
    struct mem_shape shape = LARGE;
    struct mem_image *image;
    long before;

    mode_need_own();
    shape.state_bytes = 64 * PAGE;
    EXPECT_EQ_INT(mem_region_init(&region, &shape, 200 * PAGE, &err), 0);
    memset(mem_region_state(&region), 1, 264 * PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    mem_region_fini(&region);
    EXPECT_EQ_INT(mem_region_init_image(&region, &shape, image, &err), 0);
    before = page_tables();
    mem_region_stack_top(&region)[-100000] = 1;
    mem_region_state(&region)[0] = 1;
    region.base[199 * PAGE] = 1;
    EXPECT_EQ_INT(page_tables() - before, PAGE);
    mem_region_fini(&region);
    mem_image_unref(image);
}

static bool is_mapped(char *at)
{
    unsigned char there;

    return mincore(at, PAGE, &there) == 0;
}

TEST(all_of_it_is_given_back)
{
    struct mem_image *image = make_image(PAGE);

    for (int from_image = 0; from_image < 2; from_image++) {
        char *low, *base;

        if (from_image)
            begin_from(image);
        else
            begin(PAGE);
        low = region.low;
        base = region.base;
        mem_region_fini(&region);
        EXPECT(!is_mapped(low));
        EXPECT(!is_mapped(base));
        EXPECT(region.base == NULL);
        mem_region_fini(&region);
    }
    EXPECT_EQ_INT(image->refs, 1);
    mem_image_unref(image);
}

/* ------------------------------------------------------------------------
 * Failure.
 */

TEST(failing_system_calls_leave_nothing_and_change_nothing)
{
    struct mem_image *image = make_image(PAGE);
    size_t before = os_map_limit_used();

    for (int n = 1; n <= 3; n++) {
        os_fail_at((uint64_t)n);
        if (n <= 2)
            EXPECT_EQ_INT(mem_region_init(&region, &SMALL, PAGE, &err),
                          VIV_ENOMEM);
        os_fail_at((uint64_t)n);
        EXPECT_EQ_INT(mem_region_init_image(&region, &SMALL, image, &err),
                      VIV_ENOMEM);
        EXPECT(err.text[0] != '\0');
        os_fail_at(0);
        EXPECT_EQ_INT(os_map_limit_used(), before);
        EXPECT_EQ_INT(image->refs, 1);
    }
    mem_image_unref(image);
}

TEST(failing_changes_change_nothing)
{
    struct mem_image *image = make_image(PAGE);

    begin_from(image);
    os_fail_at(1);
    EXPECT_EQ_INT(mem_region_grow(&region, 2 * PAGE), VIV_ENOMEM);
    EXPECT_EQ_INT(mem_region_adopt(&region, image, &err), VIV_ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_INT(region.linear_bytes, PAGE);
    EXPECT_EQ_INT(image->refs, 2);
    EXPECT_EQ_INT(mem_region_grow(&region, 2 * PAGE), 0);
    os_fail_at(1);
    EXPECT_EQ_INT(mem_region_shrink(&region, PAGE), VIV_ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_INT(region.linear_bytes, 2 * PAGE);
    region.base[2 * PAGE - 1] = 1;
    mem_region_check(&region);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(more_than_an_address_can_say_is_refused)
{
    struct mem_shape huge = SMALL;

    huge.linear_max_bytes = (size_t)1 << 50;
    EXPECT_EQ_INT(mem_region_init(&region, &huge, 0, &err), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "its region takes 1073741826 MiB of address");
    huge.linear_max_bytes = huge.stack_bytes = SIZE_MAX / 2 / PAGE * PAGE;
    huge.guard_low_bytes = huge.stack_bytes;
    EXPECT_EQ_INT(mem_region_init(&region, &huge, 0, &err), VIV_ENOMEM);
}

TEST(a_limit_on_address_space_is_named)
{
    struct rlimit limit = {1 << 30, 1 << 30};

    mode_need_own();
    EXPECT_EQ_INT(setrlimit(RLIMIT_AS, &limit), 0);
    EXPECT_EQ_INT(mem_region_init(&region, &LARGE, 0, &err), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "no room for another sandbox: its region takes "
                             "6155 MiB of address space");
    EXPECT_HAS_STR(err.text, "ulimit -v");
}

/* Every second page of a stretch is opened until the kernel has had enough. */
TEST(the_limit_on_mappings_is_named)
{
    size_t max = os_map_limit_max(), page = 0;
    char *many = os_map_reserve((2 * max + 10) * PAGE);
    char number[64];

    mode_need_own();
    if (max > 200000)
        SKIP("this kernel allows %zu mappings", max);
    EXPECT(many != NULL);
    while (page < 2 * max && os_map_commit(many + page * PAGE, PAGE) == 0)
        page += 2;
    EXPECT(page < 2 * max);
    EXPECT_EQ_INT(mem_region_init(&region, &LARGE, 0, &err), VIV_ENOMEM);
    snprintf(number, sizeof(number),
             "of the %zu mappings that vm.max_map_count allows", max);
    EXPECT_HAS_STR(err.text, number);
    os_map_release(many, (2 * max + 10) * PAGE);
    EXPECT_EQ_INT(mem_region_init(&region, &LARGE, 0, &err), 0);
    mem_region_fini(&region);
}
