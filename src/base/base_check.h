/* base_check.h - our own mistakes end the program, with words.
 *
 * Floor 0.  CHECK is always on and cheap; DCHECK is for the costly lines of a
 * foo_check() and on in test builds (-DVIV_DCHECK).  Never for what a guest,
 * a file or an embedder can cause.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (__builtin_expect(!(condition), 0))                                 \
            base_check_fail(__FILE__, __LINE__, #condition);                   \
    } while (0)

#ifdef VIV_DCHECK
#define DCHECK(condition) CHECK(condition)
#else
#define DCHECK(condition) ((void)sizeof(condition))
#endif

#define UNREACHABLE(why) base_check_fail(__FILE__, __LINE__, why)

/* Print file, line and `text` to stderr, and abort. */
void base_check_fail(const char *file, int line, const char *text)
    __attribute__((noreturn, cold));

#endif /* BASE_CHECK_H */
