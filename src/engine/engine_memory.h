/* engine_memory.h - linear memory: what loads and stores do not do themselves.
 *
 * Floor 3.  Everything is checked, in 64 bits, before anything is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_MEMORY_H
#define ENGINE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_instance.h"
#include "engine/engine_trap.h"

/* Is the stretch wholly inside linear memory? */
bool engine_memory_has(const struct engine_instance *instance, uint64_t address,
                       uint64_t len);

/* memory.init: copy bytes of a data segment. */
struct engine_refusal engine_memory_init(struct engine_instance *instance,
                                         uint32_t segment, uint32_t to,
                                         uint32_t from, uint32_t len);

/* data.drop: the segment is empty from now on. */
void engine_memory_drop(struct engine_instance *instance, uint32_t segment);

/* Helpers; see struct engine_helpers. */
uint32_t engine_memory_grow_helper(char *base, uint32_t pages);
void engine_memory_copy_helper(char *base, uint32_t to, uint32_t from,
                               uint32_t len);
void engine_memory_fill_helper(char *base, uint32_t to, uint32_t byte,
                               uint32_t len);
void engine_memory_init_helper(char *base, uint32_t segment, uint32_t to,
                               uint32_t from, uint32_t len);
void engine_memory_drop_helper(char *base, uint32_t segment);

#endif /* ENGINE_MEMORY_H */
