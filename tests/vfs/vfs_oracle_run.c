/* vfs_oracle_run.c - the same operations, on our file systems and the kernel's.
 *
 *     vfs_oracle_run [--seed S] [--sequences N] [--ops K] [--overlay EVERY]
 *                    [--tally 1]
 *
 * Does N sequences of K random operations, in $TMPDIR.  After each operation
 * all subjects must have said the same; after each sequence all that is there
 * must be the same.  A sequence that differs is made shorter, as long as it
 * differs, and printed.
 *
 * In every EVERY-th sequence, half-way, what is there becomes a pack, and an
 * overlay over it joins the others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfs/vfs_error.h"
#include "vfs_subject.h"

#define SUBJECTS 4

static struct {
    uint64_t seed, sequences;
    unsigned ops, overlay_every, tally;
} options = {1, 200, 150, 4, 0};

static char top[PATH_MAX / 2];

/* How often operations of a kind succeeded, and how often they did not. */
static uint64_t tally[VFS_OP_KINDS][2];

/* The sequence at hand. */
struct sequence {
    uint64_t seed;
    struct vfs_op *ops;
    bool *is_left_out;
    bool has_overlay;
};

struct state {
    struct vfs_subject *subjects[SUBJECTS]; /* the kernel is the first */
    unsigned count;
    bool is_loud;
};

/* ------------------------------------------------------------------------
 * Folders.
 */

static const char *folder(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", top, name);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* ------------------------------------------------------------------------
 * One operation, on all.
 */

static bool is_same(const struct vfs_op_result *a,
                    const struct vfs_op_result *b)
{
    if (a->error != b->error)
        return false;
    return a->error != 0 || (a->value == b->value && a->digest == b->digest);
}

static void say_result(const char *name, const struct vfs_op_result *result)
{
    printf("    %-8s %s value %llu digest %016llx\n", name,
           vfs_error_name(result->error), (unsigned long long)result->value,
           (unsigned long long)result->digest);
}

static bool apply_all(struct state *state, const struct vfs_op *op)
{
    struct vfs_op_result results[SUBJECTS];
    bool same = true;

    for (unsigned i = 0; i < state->count; i++) {
        struct vfs_subject *subject = state->subjects[i];

        subject->apply(subject, op, &results[i]);
        same = same && is_same(&results[0], &results[i]);
    }
    tally[op->kind][results[0].error != 0]++;
    if (state->is_loud)
        vfs_op_print(stdout, op);
    for (unsigned i = 0; state->is_loud && i < state->count; i++)
        if (!same || i == 0)
            say_result(state->subjects[i]->name, &results[i]);
    return same;
}

/* ------------------------------------------------------------------------
 * All that is there.
 */

static struct state *walked;
static bool walk_is_same;

static void look_at(const char *path, enum vfs_op_kind kind, bool is_by_handle)
{
    struct vfs_op op = {.kind = VFS_OP_OPEN, .into = 1, .read = true};

    if (!walk_is_same || strlen(path) >= sizeof(op.path))
        return;
    strcpy(op.path, path);
    if (is_by_handle) {
        walk_is_same = apply_all(walked, &op);
        op.handle = 1;
    }
    op.kind = kind;
    op.len = VFS_OP_DATA_SIZE;
    walk_is_same = walk_is_same && apply_all(walked, &op);
}

static int look_at_one(const char *path, const struct stat *st, int type,
                       struct FTW *where)
{
    size_t skip = strlen(top) + strlen("/kernel");
    const char *name = path[skip] == '/' ? path + skip + 1 : ".";

    (void)type, (void)where;
    look_at(name, VFS_OP_STAT_AT, false);
    if (S_ISDIR(st->st_mode))
        look_at(name, VFS_OP_LIST, true);
    else if (S_ISLNK(st->st_mode))
        look_at(name, VFS_OP_READ_LINK, false);
    else
        look_at(name, VFS_OP_READ, true);
    return !walk_is_same;
}

static bool compare_all(struct state *state)
{
    walked = state;
    walk_is_same = true;
    for (unsigned i = 0; i < state->count; i++)
        state->subjects[i]->close_all(state->subjects[i]);
    nftw(folder("kernel"), look_at_one, 32, FTW_PHYS);
    return walk_is_same;
}

/* ------------------------------------------------------------------------
 * One sequence.
 */

static void begin(struct state *state)
{
    mkdir(folder("kernel"), 0777);
    mkdir(folder("host"), 0777);
    state->subjects[0] = vfs_subject_kernel(folder("kernel"));
    state->subjects[1] = vfs_subject_host(folder("host"));
    state->subjects[2] = vfs_subject_memory();
    state->count = 3;
}

static void end(struct state *state)
{
    for (unsigned i = 0; i < state->count; i++)
        state->subjects[i]->free(state->subjects[i]);
    remove_all(folder("kernel"));
    remove_all(folder("host"));
    unlink(folder("pack"));
}

static void join_overlay(struct state *state)
{
    for (unsigned i = 0; i < state->count; i++)
        state->subjects[i]->close_all(state->subjects[i]);
    state->subjects[state->count++] =
        vfs_subject_overlay(folder("kernel"), folder("pack"));
}

/* Returns how many operations were done, UINT_MAX if all agreed to the end. */
static unsigned run(const struct sequence *sequence, bool is_loud)
{
    struct state state = {.is_loud = is_loud};
    unsigned i;
    bool same = true;

    begin(&state);
    for (i = 0; same && i < options.ops; i++) {
        if (sequence->has_overlay && i == options.ops / 2)
            join_overlay(&state);
        if (!sequence->is_left_out[i])
            same = apply_all(&state, &sequence->ops[i]);
    }
    same = same && compare_all(&state);
    end(&state);
    return same ? UINT_MAX : i;
}

static void make(struct sequence *sequence)
{
    struct diff_random random;

    diff_random_init(&random, sequence->seed * 0x2545f4914f6cdd1du);
    for (unsigned i = 0; i < options.ops; i++) {
        bool is_packed = sequence->has_overlay && i < options.ops / 2;

        if (i < options.ops / 4)
            vfs_op_random_first(&random, &sequence->ops[i]);
        else
            vfs_op_random(&random, &sequence->ops[i], is_packed);
        sequence->is_left_out[i] = false;
    }
}

/* Leave out what can be left out. */
static void shrink(struct sequence *sequence, unsigned done)
{
    bool changed = true;

    for (unsigned i = done; i < options.ops; i++)
        sequence->is_left_out[i] = true;
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < done; i++) {
            if (sequence->is_left_out[i])
                continue;
            sequence->is_left_out[i] = true;
            if (run(sequence, false) != UINT_MAX)
                changed = true;
            else
                sequence->is_left_out[i] = false;
        }
    }
}

static bool try_sequence(struct sequence *sequence)
{
    unsigned done;

    sequence->has_overlay = options.overlay_every > 0 &&
                            sequence->seed % options.overlay_every == 0;
    make(sequence);
    done = run(sequence, false);
    if (done == UINT_MAX)
        return true;
    printf("not ok oracle.%llu - subjects differ\n",
           (unsigned long long)sequence->seed);
    if (run(sequence, false) == UINT_MAX) {
        printf("    but not when it is done once more\n");
        return false;
    }
    shrink(sequence, done);
    run(sequence, true);
    return false;
}

/* ------------------------------------------------------------------------
 * The program.
 */

static void parse(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        unsigned long long value = strtoull(argv[i + 1], NULL, 10);

        if (strcmp(argv[i], "--seed") == 0)
            options.seed = value;
        else if (strcmp(argv[i], "--sequences") == 0)
            options.sequences = value;
        else if (strcmp(argv[i], "--ops") == 0)
            options.ops = (unsigned)value;
        else if (strcmp(argv[i], "--overlay") == 0)
            options.overlay_every = (unsigned)value;
        else if (strcmp(argv[i], "--tally") == 0)
            options.tally = (unsigned)value;
        else
            argc = 0;
    }
    if (argc % 2 == 0 || options.ops == 0) {
        fprintf(stderr, "usage: vfs_oracle_run [--seed S] [--sequences N] "
                        "[--ops K] [--overlay EVERY] [--tally 1]\n");
        exit(2);
    }
}

static void print_tally(void)
{
#define NAME(name, weight) #name,
    static const char *const names[] = {VFS_OPS(NAME)};

    for (int i = 0; i < VFS_OP_KINDS; i++)
        printf("# %-16s %8llu succeeded %8llu failed\n", names[i],
               (unsigned long long)tally[i][0],
               (unsigned long long)tally[i][1]);
}

int main(int argc, char **argv)
{
    const char *tmp = getenv("TMPDIR");
    struct sequence sequence;
    uint64_t failed = 0;

    parse(argc, argv);
    umask(022);
    snprintf(top, sizeof(top), "%s/viv-oracle-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(top) == NULL) {
        perror(top);
        return 2;
    }
    sequence.ops = calloc(options.ops, sizeof(struct vfs_op));
    sequence.is_left_out = calloc(options.ops, sizeof(bool));
    for (uint64_t i = 0; i < options.sequences && failed < 5; i++) {
        sequence.seed = options.seed + i;
        failed += !try_sequence(&sequence);
    }
    if (failed == 0)
        printf("ok oracle.%llu - %llu sequences of %u operations\n",
               (unsigned long long)options.seed,
               (unsigned long long)options.sequences, options.ops);
    if (options.tally)
        print_tally();
    free(sequence.ops);
    free(sequence.is_left_out);
    remove_all(top);
    return failed > 0;
}
