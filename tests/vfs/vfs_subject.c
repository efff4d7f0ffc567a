/* vfs_subject.c - what is compared of what operations are done to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs_subject.h"

#include "vfs/vfs_ops.h"

/* Directories have sizes and links that mean something else everywhere. */
uint64_t vfs_subject_facts(unsigned type, uint64_t bytes, uint64_t links,
                           uint64_t modified)
{
    uint64_t facts[4] = {type, bytes, links, modified};

    if (type == VFS_DIRECTORY)
        facts[1] = facts[2] = 0;
    if (modified >= VFS_SUBJECT_LONG_AGO)
        facts[3] = 0;
    return vfs_op_digest(0, facts, sizeof(facts));
}

/* A sum does not depend on the order. */
void vfs_subject_add_name(struct vfs_subject_names *names, const char *name,
                          size_t len, unsigned type)
{
    names->digest += vfs_op_digest(type, name, len);
    names->count++;
}
