/* os_seccomp.c - no system calls but these.
 *
 * The filter is a list: one comparison for each call, and the kernel remembers
 * for those without arguments what came of it.  Numbers are those of this CPU;
 * whatever comes by another of its ways of calling (x32, 32 bits) is none of
 * them.  Arguments have two halves of 32 bits; a mask is held against the lower
 * one, which is where all flags are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* syscall */
#include "os/os_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_nudge.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH 0
#endif

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* PAGEMAP_SCAN, which a reset asks: _IOWR('f', 16, 96 bytes). */
#define PAGEMAP_SCAN_REQUEST 0xc0606610u

/* This process, as process_madvise() calls it: -10000, of Linux 6.14. */
#define PIDFD_OURSELVES ((uint32_t)-10000)

/* Bits of x32's numbers. */
#define X32 0x40000000u

enum how {
    ALWAYS,
    IS,    /* the argument is `value` */
    HAS_NO /* it has none of the bits of `value` */
};

struct rule {
    int number;
    uint8_t how;
    uint8_t arg;
    uint32_t value;
};

#define RULE(name)                                                             \
    {                                                                          \
        SYS_##name, ALWAYS, 0, 0                                               \
    }

/* No urgent bytes, nor anything else that has been seldom tried. */
#define SEND_ONLY    (~(uint32_t)(MSG_NOSIGNAL | MSG_DONTWAIT))
#define RECEIVE_ONLY (~(uint32_t)MSG_DONTWAIT)

/* Memory, time, signals of one's own, and the descriptors that there are.  A
 * timer takes one of all timers and signals that its user may have, in this
 * process or another: those that will be needed are there. */
static const struct rule always[] = {
    {SYS_mmap, HAS_NO, 2, PROT_EXEC},
    {SYS_mprotect, HAS_NO, 2, PROT_EXEC},
    {SYS_ioctl, IS, 1, PAGEMAP_SCAN_REQUEST},
    {SYS_process_madvise, IS, 0, PIDFD_OURSELVES},
    {SYS_fcntl, IS, 1, F_GETFL},
    {SYS_sendto, HAS_NO, 3, SEND_ONLY},
    {SYS_recvfrom, HAS_NO, 3, RECEIVE_ONLY},
    RULE(read),
    RULE(write),
    RULE(futex),
    RULE(madvise),
    RULE(munmap),
    RULE(mremap),
    RULE(brk),
    RULE(pread64),
    RULE(close),
    RULE(getrusage),
    RULE(clock_gettime),
    RULE(clock_getres),
    RULE(clock_nanosleep),
    RULE(gettid),
    RULE(getpid),
    RULE(getuid),
    RULE(getrandom),
    RULE(rt_sigaction),
    RULE(rt_sigprocmask),
    RULE(rt_sigpending),
    RULE(rt_sigreturn),
    RULE(sigaltstack),
    RULE(timer_settime),
    RULE(timer_delete),
    RULE(sched_yield),
    RULE(restart_syscall),
    RULE(exit),
    RULE(exit_group),
#ifdef SYS_arch_prctl
    RULE(arch_prctl),
#endif
};

static const struct rule files[] = {
    RULE(openat),     RULE(openat2),   RULE(newfstatat), RULE(fstat),
    RULE(getdents64), RULE(lseek),     RULE(readv),      RULE(preadv),
    RULE(readlinkat), RULE(fadvise64),
};

/* Limits of other processes are set by prlimit64(), too. */
static const struct rule changes[] = {
    {SYS_prlimit64, IS, 0, 0}, /* of this process */
    RULE(getrlimit),
    RULE(pwrite64),
    RULE(pwritev),
    RULE(pwritev2),
    RULE(writev),
    RULE(ftruncate),
    RULE(fallocate),
    RULE(fsync),
    RULE(fdatasync),
    RULE(utimensat),
    RULE(mkdirat),
    RULE(unlinkat),
    RULE(linkat),
    RULE(symlinkat),
#ifdef SYS_renameat
    RULE(renameat),
#endif
    RULE(renameat2),
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A rule is five steps or six; before them are six, behind them one; nudges
 * have seven, twice. */
#define STEPS_MAX (6 * (COUNT(always) + COUNT(files) + COUNT(changes)) + 21)

struct program {
    struct sock_filter steps[STEPS_MAX];
    unsigned short len;
};

/* ------------------------------------------------------------------------
 * Writing the filter.
 */

static void step(struct program *program, uint16_t code, uint8_t if_true,
                 uint8_t if_false, uint32_t value)
{
    program->steps[program->len++] =
        (struct sock_filter){code, if_true, if_false, value};
}

static void load(struct program *program, size_t offset)
{
    step(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void load_arg(struct program *program, unsigned arg)
{
    load(program, offsetof(struct seccomp_data, args) + 8 * arg);
}

static void end(struct program *program, uint32_t verdict)
{
    step(program, BPF_RET | BPF_K, 0, 0, verdict);
}

/* The number is loaded before and after: a rule that does not fit the argument
 * goes on to the next, which may be of the same call. */
static void add(struct program *program, const struct rule *rule)
{
    uint16_t compare = rule->how == IS ? BPF_JMP | BPF_JEQ | BPF_K
                                       : BPF_JMP | BPF_JSET | BPF_K;

    if (rule->how == ALWAYS) {
        step(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)rule->number);
        end(program, SECCOMP_RET_ALLOW);
        return;
    }
    step(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)rule->number);
    load_arg(program, rule->arg);
    if (rule->how == IS)
        step(program, compare, 0, 1, rule->value);
    else
        step(program, compare, 1, 0, rule->value);
    end(program, SECCOMP_RET_ALLOW);
    load(program, offsetof(struct seccomp_data, nr));
}

static void add_all(struct program *program, const struct rule *rules,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(program, &rules[i]);
}

/* Nudges to threads of this process. */
static void add_nudges(struct program *program, int number)
{
    step(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 6, (uint32_t)number);
    load_arg(program, 0);
    step(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, (uint32_t)getpid());
    load_arg(program, 2);
    step(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, OS_NUDGE_SIGNAL);
    end(program, SECCOMP_RET_ALLOW);
    load(program, offsetof(struct seccomp_data, nr));
}

static void write_all(struct program *program, unsigned what)
{
    load(program, offsetof(struct seccomp_data, arch));
    step(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
    end(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
    step(program, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32);
    end(program, SECCOMP_RET_KILL_PROCESS);
    add_nudges(program, SYS_tgkill);
    add_nudges(program, SYS_rt_tgsigqueueinfo);
    add_all(program, always, COUNT(always));
    if ((what & OS_SECCOMP_FILES) != 0)
        add_all(program, files, COUNT(files));
    if ((what & OS_SECCOMP_CHANGES) != 0)
        add_all(program, changes, COUNT(changes));
    end(program, SECCOMP_RET_KILL_PROCESS);
}

/* ------------------------------------------------------------------------
 * Entering it.
 */

bool os_seccomp_is_there(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;

    return ARCH != 0 && !os_fail_now() &&
           syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int os_seccomp_enter(unsigned what, viv_error *err)
{
    struct program program = {.len = 0};
    struct sock_fprog filter;

    if (!os_seccomp_is_there())
        return base_error(err, VIV_EUNSUPPORTED,
                          "this kernel has no seccomp filters that end a "
                          "process");
    write_all(&program, what);
    filter = (struct sock_fprog){program.len, program.steps};
    if (os_fail_now() || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                 SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0)
        return base_error(err, VIV_EIO, "cannot enter seccomp: %s",
                          strerror(errno));
    return 0;
}
