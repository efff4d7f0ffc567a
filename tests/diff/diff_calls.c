/* diff_calls.c - the script of a module.
 *
 * The script tells both sides what to give the module and what to call, one
 * line each:
 *
 *     func MODULE NAME PARAMS:RESULTS   import a function of the driver's
 *     global MODULE NAME TYPE BITS      import an immutable global
 *     memory MODULE NAME MIN MAX|-      import a memory
 *     table MODULE NAME TYPE MIN MAX|-  import a table
 *     call NAME PARAMS:RESULTS BITS...  call an export
 *     read NAME TYPE                    print an exported global
 *
 * BITS are hexadecimal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "diff_body.h"

#define ROUNDS 3

/* Calls of a function of one instruction in each round.  A call takes
 * microseconds, a compile tens of milliseconds: so let it meet many pairs of
 * edges. */
#define CALLS_OF_SMALL 8

static void say(struct diff_module *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct diff_module *m, const char *format, ...)
{
    char text[256];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    diff_bytes_raw(&m->script, text, (size_t)len);
}

static void say_limits(struct diff_module *m, uint32_t min, bool has_max,
                       uint32_t max)
{
    if (has_max)
        say(m, " %u %u\n", min, max);
    else
        say(m, " %u -\n", min);
}

static void say_imports(struct diff_module *m)
{
    uint32_t i;

    for (i = 0; i < m->func_imports; i++) {
        const struct diff_type *type = &m->types[m->funcs[i].type];

        say(m, "func h f%u %s:%s\n", i, type->params, type->results);
    }
    for (i = 0; i < m->global_count && m->globals[i].imported; i++)
        say(m, "global h g%u %c %llx\n", i, m->globals[i].type,
            (unsigned long long)m->globals[i].value);
    if (m->profile.memory && m->memory_imported) {
        say(m, "memory h m0");
        say_limits(m, m->memory_min, m->memory_has_max, m->memory_max);
    }
    if (m->table_count > 0 && m->tables[0].imported) {
        say(m, "table h t0 %c", m->tables[0].type);
        say_limits(m, m->tables[0].min, m->tables[0].has_max, m->tables[0].max);
    }
}

static uint64_t argument(struct diff_module *m, char type)
{
    struct diff_random *random = &m->random;
    uint64_t bits;

    switch (type) {
    case 'i':
        if (diff_chance(m, 250))
            return diff_below(m, 5000);
        if (diff_chance(m, 250))
            return 65520 + diff_below(m, 30);
        return diff_random_i32(random);
    case 'I':
        return diff_random_i64(random);
    case 'f':
        bits = diff_random_f32(random);
        return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
    case 'F':
        bits = diff_random_f64(random);
        return bits << 1 > 0xffe0ull << 48 ? 0x7ff8ull << 48 : bits;
    case 'e':
        return diff_below(m, 4);
    default:
        return 0;
    }
}

/* The few values of which every pair shall meet: the lowest by -1, 0 and -0. */
static uint64_t corner(struct diff_module *m, char type)
{
    static const uint32_t narrow[] = {0, 1, UINT32_MAX, INT32_MAX, 1u << 31};
    static const uint64_t wide[] = {0, 1, UINT64_MAX, INT64_MAX, 1ull << 63};
    static const uint32_t singles[] = {0,          0x80000000, 0x3f800000,
                                       0x7f800000, 0xff800000, 0x7fc00000};
    static const uint64_t doubles[] = {
        0,
        1ull << 63,
        0x3ffull << 52,
        0x7ffull << 52,
        0xfffull << 52,
        0x7ff8ull << 48,
    };

    switch (type) {
    case 'i':
        return narrow[diff_below(m, 5)];
    case 'I':
        return wide[diff_below(m, 5)];
    case 'f':
        return singles[diff_below(m, 6)];
    case 'F':
        return doubles[diff_below(m, 6)];
    default:
        return argument(m, type);
    }
}

static void say_call(struct diff_module *m, const struct diff_callee *callee)
{
    const struct diff_type *type = &m->types[callee->type];
    bool corners = diff_chance(m, 120);
    uint32_t i;

    say(m, "call refuel :\n");
    say(m, "call %s %s:%s", callee->name, type->params, type->results);
    for (i = 0; type->params[i]; i++) {
        uint64_t bits =
            corners ? corner(m, type->params[i]) : argument(m, type->params[i]);

        say(m, " %llx", (unsigned long long)bits);
    }
    say(m, "\n");
}

static void say_calls(struct diff_module *m)
{
    uint32_t i, round, calls;

    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < m->callee_count; i++) {
            calls = m->callees[i].name[0] == 's' ? CALLS_OF_SMALL : 1;
            for (; calls > 0; calls--)
                say_call(m, &m->callees[i]);
        }
    }
}

static void say_reads(struct diff_module *m)
{
    uint32_t i;

    for (i = 0; i < m->global_count; i++) {
        if (m->globals[i].exported)
            say(m, "read g%u %c\n", i, m->globals[i].type);
    }
}

void diff_calls(struct diff_module *m)
{
    say_imports(m);
    say_calls(m);
    say_reads(m);
}
