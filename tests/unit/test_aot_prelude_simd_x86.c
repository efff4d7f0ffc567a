/* test_aot_prelude_simd_x86.c - the same tests, on the builtins of x86.
 *
 * The rest of the tests are built for any CPU of their kind.  gcc can be told
 * here to build for a better one; clang has to be by its command line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#if defined(__x86_64__) && !defined(__clang__)
#pragma GCC target("sse4.2")
#endif

#include "test_aot_prelude_simd.c"
#undef OPS
#include "test_aot_prelude_simd_float.c"
