/* aot_prelude_files.c - the files that generated C includes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_prelude_files.h"

#include <stddef.h>

/* From aot_prelude.S. */
extern const char aot_file_abi[];
extern const char aot_file_prelude[];
extern const char aot_file_simd[];
extern const char aot_file_simd_float[];
extern const char aot_file_simd_generic[];
extern const char aot_file_simd_int[];
extern const char aot_file_simd_lane[];
extern const char aot_file_simd_memory[];
extern const char aot_file_simd_x86[];

const struct aot_prelude_file aot_prelude_files[] = {
    {"engine_abi.h", aot_file_abi},
    {"aot_prelude.h", aot_file_prelude},
    {"aot_prelude_simd.h", aot_file_simd},
    {"aot_prelude_simd_float.h", aot_file_simd_float},
    {"aot_prelude_simd_generic.h", aot_file_simd_generic},
    {"aot_prelude_simd_int.h", aot_file_simd_int},
    {"aot_prelude_simd_lane.h", aot_file_simd_lane},
    {"aot_prelude_simd_memory.h", aot_file_simd_memory},
    {"aot_prelude_simd_x86.h", aot_file_simd_x86},
    {NULL, NULL},
};
