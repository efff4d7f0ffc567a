/* engine_table.h - tables: what compiled code does not do itself.
 *
 * Floor 3.  Everything is checked, in 64 bits, before anything is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_TABLE_H
#define ENGINE_TABLE_H

#include <stdint.h>

#include "engine/engine_instance.h"
#include "engine/engine_trap.h"

/* The current size, in entries; where it is kept. */
uint32_t *engine_table_size(const struct engine_instance *instance,
                            uint32_t table);

/* table.init: copy references of an element segment. */
struct engine_refusal engine_table_init(struct engine_instance *instance,
                                        uint32_t table, uint32_t segment,
                                        uint32_t to, uint32_t from,
                                        uint32_t len);

/* elem.drop: the segment is empty from now on. */
void engine_table_drop(struct engine_instance *instance, uint32_t segment);

/* Helpers; see struct engine_helpers. */
uint32_t engine_table_grow_helper(char *base, uint32_t table, engine_ref value,
                                  uint32_t entries);
void engine_table_fill_helper(char *base, uint32_t table, uint32_t at,
                              engine_ref value, uint32_t len);
void engine_table_copy_helper(char *base, uint32_t to_table,
                              uint32_t from_table, uint32_t to, uint32_t from,
                              uint32_t len);
void engine_table_init_helper(char *base, uint32_t table, uint32_t segment,
                              uint32_t to, uint32_t from, uint32_t len);
void engine_table_drop_helper(char *base, uint32_t segment);

#endif /* ENGINE_TABLE_H */
