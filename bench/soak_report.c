/* soak_report.c - tables for people, JSON for programs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* How much RSS may grow from the first sample after the warm-up to the last, by
 * the slope of all and by the difference of the two.  What rounds do is chance,
 * and one needs some pages more of the host's heap than another.  A page lost
 * with each job is hundreds of megabytes in an hour. */
#define GROWTH_MAX (8.0 * 1024 * 1024)

/* And the heap, which is the same to the byte but for what the C library makes
 * once. */
#define HEAP_GROWTH_MAX (16.0 * 1024)

static const char *what_grows(void)
{
    struct soak_growth growth = soak_watch_growth();

    if (!soak_is_mode("plain"))
        return NULL;
    if (growth.by_slope > GROWTH_MAX)
        return "RSS grows, by the slope of the samples";
    if (growth.by_difference > GROWTH_MAX)
        return "RSS grows, from the first sample to the last";
    if (growth.heap > HEAP_GROWTH_MAX)
        return "the heap grows, from the first sample to the last";
    return NULL;
}

/* ------------------------------------------------------------------------
 * How far it is.
 */

void soak_report_progress(bool is_terminal)
{
    viv_executor_meters m = soak_job_meters();

    fprintf(stderr,
            "%s%4" PRIu64 " of %" PRIu64 " s, round %" PRIu64 ": %" PRIu64
            " outcomes, %" PRIu64 " unexpected; %" PRIu64 " queued, %" PRIu64
            " running, %" PRIu64 " waiting; %.0f MB%s",
            is_terminal ? "\r\033[K" : "", soak_watch_ns() / VIV_NS_PER_S,
            soak_options.ns / VIV_NS_PER_S, soak_watch_rounds(),
            soak_tally_all(), soak_tally_wrong(), m.queued, m.running,
            m.waiting, (double)bench_status("VmRSS") / 1e6,
            is_terminal ? "" : "\n");
}

/* ------------------------------------------------------------------------
 * For people.
 */

static void print_outcomes(void)
{
    const struct soak_count *counts;
    size_t count = soak_tally_read(&counts);
    const char *last = "";

    for (size_t i = 0; i < count; i++) {
        bool is_new = strcmp(last, counts[i].what) != 0;

        printf("%-30s %9" PRIu64 "  %s%s\n", is_new ? counts[i].what : "",
               counts[i].count, counts[i].label,
               counts[i].is_wrong ? "   UNEXPECTED" : "");
        last = counts[i].what;
    }
}

static void print_holdings(void)
{
    const struct soak_sample *s;
    size_t count = soak_watch_samples(&s);
    struct soak_growth growth = soak_watch_growth();

    if (count == 0) {
        printf("\nno sample after the warm-up: it was too short\n");
        return;
    }
    printf("\nheld at quiet points      %12s %12s\n", "first", "last");
    printf("RSS, MB                   %12.2f %12.2f\n",
           (double)s[0].rss_bytes / 1e6, (double)s[count - 1].rss_bytes / 1e6);
    printf("PSS, MB                   %12.2f %12.2f\n",
           (double)s[0].pss_bytes / 1e6, (double)s[count - 1].pss_bytes / 1e6);
    printf("heap, bytes               %12" PRIu64 " %12" PRIu64 "\n",
           s[0].heap_bytes, s[count - 1].heap_bytes);
    printf("descriptors               %12u %12u\n", s[0].descriptors,
           s[count - 1].descriptors);
    printf("mappings                  %12u %12u\n", s[0].mappings,
           s[count - 1].mappings);
    printf("threads                   %12u %12u\n", s[0].threads,
           s[count - 1].threads);
    printf("%zu samples; RSS by their slope %+.0f bytes a second, %+.2f MB in "
           "all\n",
           growth.count, growth.slope, growth.by_slope / 1e6);
}

static void print_verdict(const char *grows)
{
    printf("\n%" PRIu64 " outcomes in %" PRIu64 " rounds and %.0f s, seed "
           "%" PRIu64 ", %u threads: %" PRIu64 " unexpected\n",
           soak_tally_all(), soak_watch_rounds(), (double)soak_watch_ns() / 1e9,
           soak_options.seed, soak_options.drivers, soak_tally_wrong());
    if (grows != NULL)
        printf("%s\n", grows);
}

/* ------------------------------------------------------------------------
 * For programs.  Names and labels have no quotes in them.
 */

static void print_json(const char *grows)
{
    const struct soak_count *counts;
    const struct soak_sample *s;
    size_t count = soak_tally_read(&counts), samples = soak_watch_samples(&s);
    struct soak_growth growth = soak_watch_growth();

    printf("{\"seed\": %" PRIu64 ", \"threads\": %u, \"seconds\": %.1f, "
           "\"rounds\": %" PRIu64 ", \"outcomes\": %" PRIu64
           ", \"unexpected\": %" PRIu64 ", \"grows\": %s, "
           "\"rss_bytes_per_second\": %.1f,\n\"counts\": [",
           soak_options.seed, soak_options.drivers,
           (double)soak_watch_ns() / 1e9, soak_watch_rounds(), soak_tally_all(),
           soak_tally_wrong(), grows != NULL ? "true" : "false", growth.slope);
    for (size_t i = 0; i < count; i++)
        printf("%s\n  {\"what\": \"%s\", \"label\": \"%s\", \"count\": %" PRIu64
               ", \"expected\": %s}",
               i > 0 ? "," : "", counts[i].what, counts[i].label,
               counts[i].count, counts[i].is_wrong ? "false" : "true");
    printf("],\n\"samples\": [");
    for (size_t i = 0; i < samples; i++)
        printf("%s\n  {\"seconds\": %.1f, \"rss_bytes\": %" PRIu64
               ", \"pss_bytes\": %" PRIu64 ", \"heap_bytes\": %" PRIu64
               ", \"descriptors\": %u, "
               "\"mappings\": %u, \"threads\": %u}",
               i > 0 ? "," : "", (double)s[i].at_ns / 1e9, s[i].rss_bytes,
               s[i].pss_bytes, s[i].heap_bytes, s[i].descriptors, s[i].mappings,
               s[i].threads);
    printf("]}\n");
}

bool soak_report(void)
{
    const char *grows = what_grows();

    if (isatty(2))
        fputs("\r\033[K", stderr);
    if (soak_options.is_json) {
        print_json(grows);
    } else {
        print_outcomes();
        print_holdings();
        print_verdict(grows);
    }
    return grows == NULL && soak_tally_wrong() == 0;
}
