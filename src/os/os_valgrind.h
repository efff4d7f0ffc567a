/* os_valgrind.h - telling valgrind what it does not know.
 *
 * Floor 1.  Memcheck reports an access to a page that cannot be accessed, and
 * then the CPU refuses it; it does not know what newer system calls write; and
 * of those that it does not know at all it complains each time.  None of that
 * is a mistake of ours.  Where its header is missing these do nothing, and
 * where the program runs without it next to nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_VALGRIND_H
#define OS_VALGRIND_H

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_DEFINED(at, bytes) ((void)(at), (void)(bytes))
#define RUNNING_ON_VALGRIND                  0
#endif

#endif /* OS_VALGRIND_H */
