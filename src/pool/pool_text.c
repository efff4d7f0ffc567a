/* pool_text.c - meters as text for Prometheus.
 *
 * The text format, version 0.0.4.  Times are in seconds there, and a bucket
 * counts all that is in those below it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_text.h"

#include "base/base_text.h"

#include "pool/pool_meters.h"

/* Of the pool or executor of this name. */
struct out {
    struct base_text text;
    const char *noun, *name;
};

/* NOUN="NAME", in which three characters are escaped. */
static void say_label(struct out *out)
{
    base_text_format(&out->text, "%s=\"", out->noun);
    for (const char *at = out->name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\' || *at == '\n')
            base_text_char(&out->text, '\\');
        base_text_char(&out->text, *at == '\n' ? 'n' : *at);
    }
    base_text_char(&out->text, '"');
}

static void say_head(struct out *out, const char *field, const char *unit,
                     const char *meaning, const char *type)
{
    base_text_format(&out->text, "# HELP viv_%s_%s%s %s\n", out->noun, field,
                     unit, meaning);
    base_text_format(&out->text, "# TYPE viv_%s_%s%s %s\n", out->noun, field,
                     unit, type);
}

static void say_number(struct out *out, const char *field, const char *unit,
                       uint64_t value)
{
    base_text_format(&out->text, "viv_%s_%s%s{", out->noun, field, unit);
    say_label(out);
    base_text_format(&out->text, "} %llu\n", (unsigned long long)value);
}

static void say_bucket(struct out *out, const char *field, unsigned n,
                       uint64_t count)
{
    uint64_t bound = pool_meters_bound(n);

    base_text_format(&out->text, "viv_%s_%s_seconds_bucket{", out->noun, field);
    say_label(out);
    if (bound == UINT64_MAX)
        base_text_format(&out->text, ",le=\"+Inf\"} %llu\n",
                         (unsigned long long)count);
    else
        base_text_format(&out->text, ",le=\"%.6f\"} %llu\n",
                         (double)bound / 1e9, (unsigned long long)count);
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
    base_text_format(&out->text, "viv_%s_%s_seconds_sum{", out->noun, field);
    say_label(out);
    base_text_format(&out->text, "} %.9f\n", (double)histogram->sum_ns / 1e9);
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
    struct out out = {.noun = "pool", .name = name};

    base_text_init(&out.text, to, size);
    VIV_POOL_METER_ROWS(LEVEL, COUNT, TIME)
    return base_text_end(&out.text, size);
}

size_t pool_text_executor(const char *name, const viv_executor_meters *meters,
                          char *to, size_t size)
{
    struct out out = {.noun = "executor", .name = name};

    base_text_init(&out.text, to, size);
    VIV_EXECUTOR_METER_ROWS(LEVEL, COUNT, TIME)
    return base_text_end(&out.text, size);
}
