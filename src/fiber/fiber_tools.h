/* fiber_tools.h - telling valgrind and the sanitizers about stacks.
 *
 * Floor 2.  All believe that a thread has one stack.  Valgrind is told where
 * others are; the address sanitizer is told of every switch, before it and
 * after it; the thread sanitizer, which keeps a list of what called what for
 * each stack, switches to another list.  Without valgrind's header, and in a
 * build without a sanitizer, all of this is nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FIBER_TOOLS_H
#define FIBER_TOOLS_H

#include <stddef.h>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_STACK_REGISTER(low, high)   0u
#define VALGRIND_STACK_DEREGISTER(id)        ((void)(id))
#define VALGRIND_MAKE_MEM_DEFINED(at, bytes) ((void)(at))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_TOOLS_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_TOOLS_ASAN
#endif
#endif

static inline unsigned fiber_tools_register(char *low, char *high)
{
    (void)low, (void)high;
    return VALGRIND_STACK_REGISTER(low, high);
}

static inline void fiber_tools_forget(unsigned id)
{
    (void)id;
    VALGRIND_STACK_DEREGISTER(id);
}

/* This byte below the stack pointer may be read. */
static inline void fiber_tools_touch(const volatile char *at)
{
    (void)at;
    VALGRIND_MAKE_MEM_DEFINED(at, 1);
}

#ifdef FIBER_TOOLS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

/* What a switch takes of the fiber's stack: a generous guess. */
#define FIBER_TOOLS_BYTES 8192

/* What the sanitizer keeps of either side while the other runs: where the
 * host's stack is, and the frames that it put on the heap to find uses after
 * return.  Those of the fiber stay with it from run to run. */
struct fiber_tools {
    const void *host_at;
    size_t host_bytes;
    void *host_frames;
    void *fiber_frames;
};

/* None of these may have its own frame on the heap. */
#define FIBER_TOOLS_FUNC                                                       \
    static inline __attribute__((no_sanitize_address, unused))

FIBER_TOOLS_FUNC void fiber_tools_leave_host(struct fiber_tools *tools,
                                             char *stack, size_t bytes)
{
    __sanitizer_start_switch_fiber(&tools->host_frames, stack, bytes);
}

FIBER_TOOLS_FUNC void fiber_tools_reach_fiber(struct fiber_tools *tools)
{
    __sanitizer_finish_switch_fiber(tools->fiber_frames, &tools->host_at,
                                    &tools->host_bytes);
}

/* The stack may not end between this and leaving, or the fiber were to leave
 * twice. */
FIBER_TOOLS_FUNC void fiber_tools_leave_fiber(struct fiber_tools *tools)
{
    volatile char *here = __builtin_frame_address(0);

    (void)here[-4096];
    __sanitizer_start_switch_fiber(&tools->fiber_frames, tools->host_at,
                                   tools->host_bytes);
}

FIBER_TOOLS_FUNC void fiber_tools_reach_host(struct fiber_tools *tools)
{
    __sanitizer_finish_switch_fiber(tools->host_frames, NULL, NULL);
}

/* The frames of a fiber that was stopped never said that they ended. */
FIBER_TOOLS_FUNC void fiber_tools_wipe(struct fiber_tools *tools, char *stack,
                                       size_t bytes)
{
    (void)tools;
    __asan_unpoison_memory_region(stack, bytes);
}

/* Pretend to be on the fiber, and leave it for good. */
FIBER_TOOLS_FUNC void fiber_tools_fini(struct fiber_tools *tools)
{
    if (tools->fiber_frames == NULL)
        return;
    __sanitizer_start_switch_fiber(&tools->host_frames, tools->host_at,
                                   tools->host_bytes);
    __sanitizer_finish_switch_fiber(tools->fiber_frames, &tools->host_at,
                                    &tools->host_bytes);
    __sanitizer_start_switch_fiber(NULL, tools->host_at, tools->host_bytes);
    __sanitizer_finish_switch_fiber(tools->host_frames, NULL, NULL);
}
#elif defined(VIV_TSAN)
#include <sanitizer/tsan_interface.h>

/* What a switch takes of the fiber's stack: a generous guess. */
#define FIBER_TOOLS_BYTES 16384

/* The sanitizer's lists for either side. */
struct fiber_tools {
    void *host;
    void *fiber; /* NULL: none yet */
};

static inline void fiber_tools_leave_host(struct fiber_tools *tools,
                                          char *stack, size_t bytes)
{
    (void)stack, (void)bytes;
    if (tools->fiber == NULL)
        tools->fiber = __tsan_create_fiber(0);
    tools->host = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tools->fiber, 0);
}

static inline void fiber_tools_leave_fiber(struct fiber_tools *tools)
{
    __tsan_switch_to_fiber(tools->host, 0);
}

/* What a fiber that was stopped had called never returns: the list is of no
 * use any more. */
static inline void fiber_tools_fini(struct fiber_tools *tools)
{
    if (tools->fiber != NULL)
        __tsan_destroy_fiber(tools->fiber);
    tools->fiber = NULL;
}

#define fiber_tools_wipe(tools, stack, bytes) fiber_tools_fini(tools)
#define fiber_tools_reach_fiber(tools)        ((void)(tools))
#define fiber_tools_reach_host(tools)         ((void)(tools))
#else
#define FIBER_TOOLS_BYTES 0

struct fiber_tools {
    char nothing;
};

#define fiber_tools_leave_host(tools, stack, bytes) ((void)(tools))
#define fiber_tools_reach_fiber(tools)              ((void)(tools))
#define fiber_tools_leave_fiber(tools)              ((void)(tools))
#define fiber_tools_reach_host(tools)               ((void)(tools))
#define fiber_tools_wipe(tools, stack, bytes)       ((void)(tools))
#define fiber_tools_fini(tools)                     ((void)(tools))
#endif

#endif /* FIBER_TOOLS_H */
