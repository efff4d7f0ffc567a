/* test_vfs_dir.c - names in a directory of the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_dir.h"

#include <stdio.h>

#include "vfs/vfs_cell.h"
#include "vfs_fixture.h"

static struct vfs_store *store = &fixture_store;
static struct vfs_inode *dir;

static void begin(uint32_t blocks)
{
    fixture_begin(blocks);
    dir = vfs_inode_get(store, fixture_inode(VFS_DIRECTORY), VFS_DIRECTORY);
}

static int add(const char *text, uint64_t id, bool covers)
{
    struct vfs_name name = fixture_name(text);

    return vfs_dir_add(store, dir, &name, (struct vfs_node){id, VFS_FILE},
                       covers);
}

static struct vfs_dir_entry *find(const char *text)
{
    struct vfs_name name = fixture_name(text);

    return vfs_dir_find(store, dir, &name);
}

TEST(a_name_names_what_it_was_given)
{
    begin(4);
    EXPECT(find("a") == NULL);
    EXPECT_EQ_INT(add("a", 7, false), 0);
    EXPECT_EQ_INT(find("a")->id, 7);
    EXPECT_EQ_INT(find("a")->type, VFS_FILE);
    EXPECT(find("b") == NULL);
    EXPECT_EQ_INT(dir->live, 1);
    vfs_dir_remove(store, dir, find("a"));
    EXPECT(find("a") == NULL);
    EXPECT_EQ_INT(dir->live, 0);
    EXPECT_EQ_INT(vfs_store_tree(store)->files, 0);
}

/* Names of 1, 92, 93, 216, 217 and 255 bytes: an entry, and cells behind it. */
TEST(names_may_be_of_any_length_up_to_255)
{
    static const size_t lengths[] = {1, 92, 93, 216, 217, 255};
    char names[6][256], text[VFS_NAME_MAX];

    begin(8);
    for (int i = 0; i < 6; i++) {
        memset(names[i], 'a' + i, lengths[i]);
        names[i][lengths[i]] = '\0';
        EXPECT_EQ_INT(add(names[i], (uint64_t)i + 1, false), 0);
    }
    for (int i = 0; i < 6; i++) {
        struct vfs_name name = vfs_dir_name(store, find(names[i]), text);

        EXPECT_EQ_INT(find(names[i])->id, i + 1);
        EXPECT_EQ_INT(name.len, lengths[i]);
        EXPECT_EQ_MEM(text, names[i], name.len);
    }
    names[5][254] = 'x';
    EXPECT(find(names[5]) == NULL);
    vfs_dir_clear(store, dir);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, 1);
}

TEST(many_names_are_found_and_listed_once_each)
{
    static bool is_seen[3000];
    const struct vfs_dir_entry *entry;
    uint32_t key = 0, count = 0;
    char text[16];

    begin(200);
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof(text), "file%d", i);
        EXPECT_EQ_INT(add(text, (uint64_t)i, false), 0);
    }
    while ((entry = vfs_dir_next(store, dir, key)) != NULL) {
        EXPECT(entry->index.key >= key && entry->index.key < VFS_DIR_KEYS);
        EXPECT(!is_seen[entry->id]);
        is_seen[entry->id] = true;
        key = entry->index.key + 1;
        count++;
    }
    EXPECT_EQ_INT(count, 3000);
    for (int i = 0; i < 3000; i += 2) {
        snprintf(text, sizeof(text), "file%d", i);
        vfs_dir_remove(store, dir, find(text));
    }
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof(text), "file%d", i);
        EXPECT_EQ_INT(find(text) != NULL, i % 2);
    }
}

TEST(an_entry_that_covers_stays_as_a_whiteout)
{
    uint32_t key;

    begin(4);
    EXPECT_EQ_INT(add("a", 7, true), 0);
    EXPECT_EQ_INT(dir->covers, 1);
    key = find("a")->index.key;
    vfs_dir_remove(store, dir, find("a"));
    EXPECT_EQ_INT(find("a")->type, VFS_NONE);
    EXPECT_EQ_INT(dir->live, 0);
    EXPECT_EQ_INT(dir->covers, 1);
    EXPECT_EQ_INT(add("a", 8, false), 0);
    EXPECT_EQ_INT(find("a")->id, 8);
    EXPECT_EQ_INT(find("a")->index.key, key);
    EXPECT(find("a")->covers);
    EXPECT_EQ_INT(dir->covers, 1);
    EXPECT_EQ_INT(dir->live, 1);
}

TEST(a_name_without_room_changes_nothing)
{
    static const char longest[] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "x";

    begin(4);
    for (uint64_t cells = 0; cells < 3; cells++) {
        uint64_t used = vfs_store_tree(store)->cells;

        store->bytes_max = (used + cells) * VFS_CELL_BYTES;
        EXPECT_EQ_INT(add(longest, 1, false), cells < 2 ? VFS_ENOSPC : 0);
        if (cells < 2) {
            EXPECT_EQ_INT(vfs_store_tree(store)->cells, used);
            EXPECT_EQ_INT(dir->live, 0);
            EXPECT_EQ_INT(vfs_store_tree(store)->files, 0);
        }
    }
    store->files_max = 1;
    EXPECT_EQ_INT(add("b", 1, false), VFS_ENOSPC);
    EXPECT_EQ_INT(dir->live, 1);
}

/* Entries whose keys are set by hand stand for names made up to collide. */
TEST(names_that_come_to_one_number_are_told_apart_up_to_16)
{
    char text[16];
    uint32_t key;

    begin(8);
    EXPECT_EQ_INT(add("wanted", 1, false), 0);
    key = find("wanted")->index.key;
    vfs_dir_remove(store, dir, find("wanted"));
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t cell;

        snprintf(text, sizeof(text), "other%u", i);
        EXPECT_EQ_INT(add(text, i, false), 0);
        cell = vfs_index_remove(store->arena, &dir->map, find(text)->index.key);
        EXPECT(vfs_index_add(store->arena, &dir->map, cell, key + i));
    }
    EXPECT(find("wanted") == NULL);
    EXPECT_EQ_INT(add("wanted", 1, false), VFS_ENOSPC);
    vfs_index_remove(store->arena, &dir->map, key + 9);
    EXPECT_EQ_INT(add("wanted", 1, false), 0);
    EXPECT_EQ_INT(find("wanted")->index.key, key + 9);
}

TEST(forged_names_are_no_longer_than_names_can_be)
{
    struct vfs_dir_entry *entry;
    char text[VFS_NAME_MAX];

    begin(4);
    EXPECT_EQ_INT(add("a", 7, false), 0);
    entry = find("a");
    entry->len = 255;
    entry->more = UINT32_MAX;
    EXPECT_EQ_INT(vfs_dir_name(store, entry, text).len, VFS_DIR_TEXT);
    entry->more = dir->map; /* itself, whose key then is no cell */
    EXPECT_EQ_INT(vfs_dir_name(store, entry, text).len,
                  VFS_DIR_TEXT + VFS_CELL_BYTES - 4);
    vfs_dir_clear(store, dir);
    EXPECT_EQ_INT(dir->map, 0);
}
