/* test_engine_bulk.c - bulk instructions, in steps between which to stop.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_bulk.h"

#include "guest.h"
#include "sandbox/sandbox.h"

#define STEP (256 * 1024)
#define AREA (4 * STEP)

static struct engine_instance instance; /* nobody nudges it */
static uint8_t ours[AREA], plain[AREA];

static void scramble(void)
{
    uint32_t x = 1;

    for (size_t i = 0; i < AREA; i++) {
        x = x * 1664525 + 1013904223;
        ours[i] = plain[i] = (uint8_t)(x >> 24);
    }
}

static const size_t LENGTHS[] = {0,        1,        STEP - 1,     STEP,
                                 STEP + 1, 2 * STEP, 2 * STEP + 7, 3 * STEP};

#define LENGTH_COUNT (sizeof(LENGTHS) / sizeof(LENGTHS[0]))

TEST(a_move_does_what_memmove_does)
{
    static const size_t places[] = {0, 1, 100, STEP - 1, STEP, STEP + 1};
    size_t count = sizeof(places) / sizeof(places[0]);

    for (size_t l = 0; l < LENGTH_COUNT; l++)
        for (size_t at = 0; at < count * count; at++) {
            size_t to = places[at / count], from = places[at % count];

            if (to + LENGTHS[l] > AREA || from + LENGTHS[l] > AREA)
                continue;
            scramble();
            engine_bulk_move(&instance, ours + to, ours + from, LENGTHS[l]);
            memmove(plain + to, plain + from, LENGTHS[l]);
            EXPECT_EQ_MEM(ours, plain, AREA);
        }
}

TEST(a_fill_does_what_memset_does)
{
    for (size_t l = 0; l < LENGTH_COUNT; l++) {
        scramble();
        engine_bulk_fill(&instance, ours + 3, 0xa5, LENGTHS[l]);
        memset(plain + 3, 0xa5, LENGTHS[l]);
        EXPECT_EQ_MEM(ours, plain, AREA);
    }
}

/* One copy and one fill, each of half a second and more on any machine if they
 * were not stopped in their middle. */
TEST(what_takes_long_is_stopped_in_its_middle)
{
    viv_module *module = guest_load(
        "(module (memory 16384)"
        " (func (export \"copy\") (param i32) (result i32)"
        "  (memory.copy (i32.const 0) (i32.const 1) (i32.const 1073741823))"
        "  (i32.const 1))"
        " (func (export \"fill\") (param i32) (result i32)"
        "  (memory.fill (i32.const 0) (i32.const 1) (i32.const 1073741824))"
        "  (i32.const 1)))",
        false);
    viv_limits limits;
    struct guest guest;

    viv_limits_default(&limits);
    limits.run_ns = 5000000;
    guest = guest_of(module, NULL, 0, &limits);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ_INT(guest_call(&guest, i ? "copy" : "fill",
                                 GUEST_ARGS(GUEST_I32(0)), 1, 1),
                      VIV_SPENT);
        EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
        EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    }
    viv_module_unref(module);
    guest_end(&guest);
}

/* Pauses of one call, which ends well. */
static uint32_t pauses_of(struct guest *guest, const char *name)
{
    uint32_t kind, pauses = 0;

    EXPECT_EQ_INT(viv_sandbox_reset(guest->sandbox, NULL), 0);
    kind = guest_call(guest, name, GUEST_ARGS(GUEST_I32(0)), 1, 1);
    for (; kind == VIV_PAUSED; kind = guest->outcome.kind, pauses++)
        EXPECT_EQ_INT(viv_call_resume(guest->sandbox, guest->results, 1,
                                      &guest->outcome, NULL),
                      0);
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    return pauses;
}

/* Each is one instruction of some ten milliseconds. */
TEST(those_of_tables_are_paused_in_their_middle)
{
    viv_module *module =
        guest_load("(module (table $t 4000000 9000000 externref)"
                   " (func (export \"fill\") (param i32) (result i32)"
                   "  (table.fill $t (i32.const 0) (ref.null extern)"
                   "   (i32.const 4000000)) (i32.const 1))"
                   " (func (export \"grow\") (param i32) (result i32)"
                   "  (table.grow $t (ref.null extern) (i32.const 5000000)))"
                   " (func (export \"copy\") (param i32) (result i32)"
                   "  (table.copy $t $t (i32.const 1) (i32.const 0)"
                   "   (i32.const 3999999)) (i32.const 1)))",
                   false);
    viv_limits limits;
    struct guest guest;

    viv_limits_default(&limits);
    limits.table_entries = 9000000;
    guest = guest_of(module, NULL, 0, &limits);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 200000), 0);
    EXPECT(pauses_of(&guest, "fill") > 3);
    EXPECT(pauses_of(&guest, "grow") > 3);
    EXPECT_EQ_INT(guest.results[0].i32, 4000000);
    EXPECT(pauses_of(&guest, "copy") > 3);
    guest_end(&guest);
    viv_module_unref(module);
}
