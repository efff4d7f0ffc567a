/* bench_data.c - values in bytes, written, checked and read.
 *
 * What a Python host call hands over has to be a small part of its 1.5 us.  The
 * peer copies the bytes that are written, which is the least that any format
 * could take.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench.h"
#include "data/data_check.h"
#include "data/data_read.h"
#include "data/data_write.h"

#define REPEATS 1000
#define ROUNDS  200

static viv_writer writer;
static uint8_t copy[1 << 20];
static volatile uint64_t sink;

/* ------------------------------------------------------------------------
 * Messages.
 */

static void write_one(void)
{
    data_write_int(&writer, 1);
}

static void write_ints(void)
{
    data_write_list(&writer, 10);
    for (int i = 0; i < 10; i++)
        data_write_int(&writer, i);
}

/* What a call may look like: a name, arguments, and arguments with names. */
static void write_call(void)
{
    data_write_list(&writer, 3);
    data_write_text(&writer, "fetch_price", 11);
    data_write_tuple(&writer, 2);
    data_write_text(&writer, "EUR", 3);
    data_write_float(&writer, 99.95);
    data_write_dict(&writer, 1);
    data_write_text(&writer, "day", 3);
    data_write_date(&writer, "2026-11-26", 10);
}

static void write_large(void)
{
    data_write_list(&writer, 1000);
    for (int i = 0; i < 1000; i++)
        data_write_int(&writer, i * 1000);
}

static void write_text(void)
{
    static char text[100000];

    memset(text, 'x', sizeof(text));
    data_write_text(&writer, text, sizeof(text));
}

static const struct message {
    const char *name;
    void (*write)(void);
} messages[] = {
    {"one small int", write_one},
    {"list of 10 small ints", write_ints},
    {"call with 3 arguments", write_call},
    {"list of 1,000 ints", write_large},
    {"text of 100,000 bytes", write_text},
};

/* ------------------------------------------------------------------------
 * What is done to them.
 */

static const struct message *message;
static const void *bytes;
static size_t len;

static void do_write(void)
{
    data_write_clear(&writer);
    message->write();
    if (data_write_end(&writer, &bytes, &len, NULL) < 0)
        bench_die("%s cannot be written", message->name);
}

static void do_check(void)
{
    if (data_check(bytes, len, NULL) < 0)
        bench_die("%s is not a value", message->name);
}

static void do_read(void)
{
    viv_reader reader;
    viv_item item;
    uint64_t sum = 0;

    data_read_init(&reader, bytes, len);
    while (data_read(&reader, &item, NULL) == 0)
        sum += item.kind;
    sink += sum;
}

static void do_copy(void)
{
    memcpy(copy, bytes, len);
    __asm__ volatile("" ::: "memory");
}

static double ns_of(void (*what)(void))
{
    uint64_t repeats = len > 1000 ? REPEATS / 20 : REPEATS;
    uint64_t start = bench_now();

    for (uint64_t i = 0; i < repeats; i++)
        what();
    return (double)(bench_now() - start) / (double)repeats;
}

static void measure(void)
{
    static void (*const ways[])(void) = {do_write, do_check, do_read, do_copy};
    static const char *const words[] = {"write", "check", "read"};
    double best[4] = {1e9, 1e9, 1e9, 1e9};
    char name[100];

    for (uint64_t round = 0; round < bench_rounds(ROUNDS, 2); round++) {
        for (int way = 0; way < 4; way++) {
            double ns = ns_of(ways[way]);
            best[way] = ns < best[way] ? ns : best[way];
        }
    }
    for (int way = 0; way < 3; way++) {
        snprintf(name, sizeof(name), "%s %s", words[way], message->name);
        bench_row_peer(name, best[way], "ns", "memcpy", best[3]);
    }
}

int main(int argc, char **argv)
{
    bench_begin(argc, argv,
                "values in bytes: written, checked and read, against memcpy");
    data_write_init(&writer, NULL, sizeof(copy));
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        message = &messages[i];
        do_write();
        measure();
    }
    data_write_fini(&writer);
    return 0;
}
