/* pool_text.c - the meters of a pool as text for Prometheus.
 *
 * The text format, version 0.0.4.  Times are in seconds there, and a bucket
 * counts all that is in those below it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_text.h"

#include <stdarg.h>
#include <stdio.h>

#include "pool/pool_meters.h"

/* Counts also what has no room any more. */
struct out {
    char *to;
    size_t size, len;
    const char *name;
};

static void put(struct out *out, char c)
{
    if (out->len + 1 < out->size)
        out->to[out->len] = c;
    out->len++;
}

static void say(struct out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Short things only: 200 bytes. */
static void say(struct out *out, const char *format, ...)
{
    char text[200];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (const char *at = text; *at != '\0'; at++)
        put(out, *at);
}

/* pool="NAME", in which three characters are escaped. */
static void say_label(struct out *out)
{
    say(out, "pool=\"");
    for (const char *at = out->name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\' || *at == '\n')
            put(out, '\\');
        put(out, *at == '\n' ? 'n' : *at);
    }
    put(out, '"');
}

static void say_head(struct out *out, const char *field, const char *unit,
                     const char *meaning, const char *type)
{
    say(out, "# HELP viv_pool_%s%s %s\n", field, unit, meaning);
    say(out, "# TYPE viv_pool_%s%s %s\n", field, unit, type);
}

static void say_number(struct out *out, const char *field, const char *unit,
                       uint64_t value)
{
    say(out, "viv_pool_%s%s{", field, unit);
    say_label(out);
    say(out, "} %llu\n", (unsigned long long)value);
}

static void say_bucket(struct out *out, const char *field, unsigned n,
                       uint64_t count)
{
    uint64_t bound = pool_meters_bound(n);

    say(out, "viv_pool_%s_seconds_bucket{", field);
    say_label(out);
    if (bound == UINT64_MAX)
        say(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)count);
    else
        say(out, ",le=\"%.6f\"} %llu\n", (double)bound / 1e9,
            (unsigned long long)count);
}

static void say_time(struct out *out, const char *field, const char *meaning,
                     const viv_histogram *histogram)
{
    uint64_t count = 0;

    say_head(out, field, "_seconds", meaning, "histogram");
    for (unsigned n = 0; n < VIV_HISTOGRAM_BUCKETS; n++) {
        count += histogram->buckets[n];
        say_bucket(out, field, n, count);
    }
    say(out, "viv_pool_%s_seconds_sum{", field);
    say_label(out);
    say(out, "} %.9f\n", (double)histogram->sum_ns / 1e9);
    say_number(out, field, "_seconds_count", histogram->count);
}

#define LEVEL(field, meaning)                                                  \
    say_head(&out, #field, "", meaning, "gauge");                              \
    say_number(&out, #field, "", meters->field);
#define COUNT(field, meaning)                                                  \
    say_head(&out, #field, "_total", meaning, "counter");                      \
    say_number(&out, #field, "_total", meters->field);
#define TIME(field, meaning) say_time(&out, #field, meaning, &meters->field);

size_t pool_text(const char *name, const viv_pool_meters *meters, char *to,
                 size_t size)
{
    struct out out = {to, size, 0, name};

    VIV_POOL_METER_ROWS(LEVEL, COUNT, TIME)
    if (size > 0)
        to[out.len < size ? out.len : size - 1] = '\0';
    return out.len;
}
