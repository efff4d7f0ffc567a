/* aot_prelude.S - the files that generated C includes, inside the compiler.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
    .section .rodata

/* aot_prelude_NAME: the bytes of a file, a NUL after them. */
    .macro file name, path
    .globl  aot_file_\name
    .hidden aot_file_\name
    .type   aot_file_\name, %object
aot_file_\name:
    .incbin "\path"
    .byte   0
    .size   aot_file_\name, . - aot_file_\name
    .endm

    file abi "engine/engine_abi.h"
    file prelude "aot/aot_prelude.h"
    file simd "aot/aot_prelude_simd.h"
    file simd_float "aot/aot_prelude_simd_float.h"
    file simd_generic "aot/aot_prelude_simd_generic.h"
    file simd_int "aot/aot_prelude_simd_int.h"
    file simd_lane "aot/aot_prelude_simd_lane.h"
    file simd_memory "aot/aot_prelude_simd_memory.h"
    file simd_x86 "aot/aot_prelude_simd_x86.h"

    .section .note.GNU-stack, "", %progbits
