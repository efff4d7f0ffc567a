/* test_os_seccomp.c - no system calls but these.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* syscall */
#include "os/os_seccomp.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "mode_tools.h"
#include "os/os_event.h"
#include "os/os_fail.h"
#include "os/os_lockdown.h"
#include "os/os_map.h"
#include "os/os_nudge.h"
#include "os/os_random.h"

static viv_error err;
static unsigned what;

/* Sanitizers and valgrind make calls of their own. */
static void need(void)
{
    if (!mode_is("plain"))
        SKIP("the tool makes system calls of its own");
    if (!os_seccomp_is_there())
        SKIP("there is no seccomp here");
}

static void enter(void)
{
    if (os_lockdown_begin(&err) < 0 || os_seccomp_enter(what, &err) < 0)
        _exit(3);
}

/* do_NAME() is a process that does it behind the wall. */
#define FORBIDDEN(name, action)                                                \
    static void do_##name(void)                                                \
    {                                                                          \
        enter();                                                               \
        action;                                                                \
    }                                                                          \
    TEST(name##_ends_the_process)                                              \
    {                                                                          \
        need();                                                                \
        EXPECT_DIES(SIGSYS, do_##name);                                        \
    }

/* And also in one that may open and change files. */
#define ALWAYS_FORBIDDEN(name, action)                                         \
    FORBIDDEN(name, action)                                                    \
    TEST(name##_ends_a_process_that_has_files)                                 \
    {                                                                          \
        need();                                                                \
        what = OS_SECCOMP_FILES | OS_SECCOMP_CHANGES;                          \
        EXPECT_DIES(SIGSYS, do_##name);                                        \
    }

static char page[OS_PAGE_BYTES] __attribute__((aligned(OS_PAGE_BYTES)));

FORBIDDEN(opening_a_file, open("/etc/passwd", O_RDONLY))
ALWAYS_FORBIDDEN(making_a_socket, socket(AF_INET, SOCK_STREAM, 0))
ALWAYS_FORBIDDEN(making_a_unix_socket, socket(AF_UNIX, SOCK_STREAM, 0))
ALWAYS_FORBIDDEN(forking, fork())
ALWAYS_FORBIDDEN(running_a_program, execl("/bin/true", "true", (char *)NULL))
FORBIDDEN(mapping_code, mmap(NULL, OS_PAGE_BYTES, PROT_READ | PROT_EXEC,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
FORBIDDEN(making_memory_code,
          mprotect(page, OS_PAGE_BYTES, PROT_READ | PROT_EXEC))
ALWAYS_FORBIDDEN(signals_to_others, kill(getppid(), 0))
ALWAYS_FORBIDDEN(another_signal_to_itself,
                 syscall(SYS_tgkill, getpid(), gettid(), SIGTERM))
ALWAYS_FORBIDDEN(a_nudge_to_others,
                 syscall(SYS_tgkill, 1, gettid(), OS_NUDGE_SIGNAL))
FORBIDDEN(tracing, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
FORBIDDEN(looking_into_others,
          syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0))
ALWAYS_FORBIDDEN(advice_on_others_memory,
                 syscall(SYS_process_madvise, 5, NULL, 0, 0, 0))
ALWAYS_FORBIDDEN(another_ioctl, syscall(SYS_ioctl, 1, 0x5401, NULL))
FORBIDDEN(another_user, setuid(0))
FORBIDDEN(more_rights, syscall(SYS_unshare, 0x10000000))
ALWAYS_FORBIDDEN(duplicating_descriptors, syscall(SYS_fcntl, 0, F_DUPFD, 100))
ALWAYS_FORBIDDEN(signals_by_a_descriptor_to_others,
                 syscall(SYS_fcntl, 0, F_SETOWN, getppid()))
ALWAYS_FORBIDDEN(another_signal_by_a_descriptor,
                 syscall(SYS_fcntl, 0, F_SETSIG, SIGKILL))
ALWAYS_FORBIDDEN(limits_of_others, prlimit(getppid(), RLIMIT_CPU, NULL, NULL))
ALWAYS_FORBIDDEN(sending_urgent_bytes, send(0, page, 1, MSG_OOB))
ALWAYS_FORBIDDEN(receiving_urgent_bytes, recv(0, page, 1, MSG_OOB))
ALWAYS_FORBIDDEN(another_timer, (void)os_nudge_open(NULL))
ALWAYS_FORBIDDEN(a_file_of_memory, syscall(SYS_memfd_create, "x", 0))
FORBIDDEN(asking_about_files, access("/etc/passwd", R_OK))
FORBIDDEN(a_call_by_the_numbers_of_x32, syscall(0x40000000 | SYS_getpid))

/* int 0x80: the calls of 32 bits, of which 20 is getpid. */
#ifdef __x86_64__
FORBIDDEN(a_call_of_32_bits, __asm__ volatile("int $0x80" ::"a"(20) : "memory"))
#endif

static void *begin_nothing(void *arg)
{
    return arg;
}

static void begin_a_thread(void)
{
    pthread_t thread;

    enter();
    pthread_create(&thread, NULL, begin_nothing, NULL);
}

TEST(beginning_a_thread_ends_the_process)
{
    need();
    EXPECT_DIES(SIGSYS, begin_a_thread);
}

static int event;

static void *open_from_a_thread(void *arg)
{
    char byte[8];

    (void)!read(event, byte, sizeof(byte));
    open("/etc/passwd", O_RDONLY);
    return arg;
}

static void enter_with_a_thread(void)
{
    pthread_t thread;

    event = -1;
    if (os_event_new(&event, NULL) < 0)
        _exit(3);
    fcntl(event, F_SETFL, 0);
    pthread_create(&thread, NULL, open_from_a_thread, NULL);
    enter();
    os_event_set(event);
    for (;;)
        sched_yield();
}

TEST(it_holds_for_threads_that_are_there_already)
{
    need();
    EXPECT_DIES(SIGSYS, enter_with_a_thread);
}

static void do_what_guests_need(void)
{
    struct timespec moment = {0, 1000};
    char *mapped, random[16];
    bool has_timer = os_nudge_open(NULL) == 0;

    enter();
    mapped = mmap(NULL, OS_PAGE_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *mapped = 1;
    mprotect(mapped, OS_PAGE_BYTES, PROT_READ);
    madvise(mapped, OS_PAGE_BYTES, MADV_DONTNEED);
    munmap(mapped, OS_PAGE_BYTES);
    free(malloc(1 << 22));
    nanosleep(&moment, NULL);
    (void)os_random_fill(random, sizeof(random));
    if (has_timer)
        os_nudge_send(os_nudge_self());
    (void)!write(1, "", 0);
}

TEST(what_guests_need_is_there)
{
    need();
    EXPECT_EQ_INT(test_signal_of(do_what_guests_need), 0);
}

static void open_and_write(void)
{
    char name[300];
    int fd;

    snprintf(name, sizeof(name), "%s/seccomp-%d",
             getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp", getpid());
    enter();
    fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd >= 0)
        close(fd);
    unlinkat(AT_FDCWD, name, 0);
}

TEST(files_are_opened_and_changed_if_that_was_asked_for)
{
    need();
    what = OS_SECCOMP_FILES;
    EXPECT_EQ_INT(test_signal_of(do_opening_a_file), 0);
    EXPECT_EQ_INT(test_signal_of(open_and_write), SIGSYS);
    what = OS_SECCOMP_FILES | OS_SECCOMP_CHANGES;
    EXPECT_EQ_INT(test_signal_of(open_and_write), 0);
    EXPECT_EQ_INT(test_signal_of(do_making_a_socket), SIGSYS);
}

static void change_the_limits_of_others(void)
{
    enter();
    syscall(SYS_prlimit64, getppid(), 7, NULL, NULL);
}

static void own_a_descriptor(void)
{
    enter();
    fcntl(1, F_SETOWN, getppid());
}

TEST(with_all_that_was_asked_for_others_are_left_alone)
{
    need();
    what = OS_SECCOMP_FILES | OS_SECCOMP_CHANGES;
    EXPECT_EQ_INT(test_signal_of(change_the_limits_of_others), SIGSYS);
    EXPECT_EQ_INT(test_signal_of(own_a_descriptor), SIGSYS);
    EXPECT_EQ_INT(test_signal_of(do_forking), SIGSYS);
    EXPECT_EQ_INT(test_signal_of(do_making_memory_code), SIGSYS);
}

TEST(where_it_cannot_be_had_that_is_said)
{
    os_fail_at(1);
    EXPECT_EQ_INT(os_seccomp_enter(0, &err), VIV_EUNSUPPORTED);
    os_fail_at(2);
    EXPECT_EQ_INT(os_seccomp_enter(0, &err), VIV_EIO);
    os_fail_at(0);
}
