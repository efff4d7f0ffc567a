/* cli_doctor_machine.c - the CPU, the kernel, what this process may have.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* syscall */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli_doctor.h"
#include "cli_proc.h"

/* Kernel numbers that the headers of older systems lack. */
#define AT_HWCAP2_BIT_FSGSBASE 2u
#define NR_OPENAT2             437
#define NR_LANDLOCK_RULESET    444
#define LANDLOCK_ASK_VERSION   1u
#define SECCOMP_ASK_ACTION     2u
#define SECCOMP_KILL_PROCESS   0x80000000u
#define PAGEMAP_SCAN_REQUEST   0xc0606610ul /* _IOWR('f', 16, 96 bytes) */

static void find_cpu(struct cli_doctor *doctor)
{
#ifdef __x86_64__
    if ((getauxval(AT_HWCAP2) & AT_HWCAP2_BIT_FSGSBASE) != 0)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "fsgsbase",
                        "guests are entered without a system call");
    else
        cli_doctor_find(doctor, CLI_DOCTOR_NO, "fsgsbase",
                        "guests for gs cannot be entered; compile with "
                        "--target portable");
    cli_doctor_find(doctor,
                    __builtin_cpu_supports("sse4.2") ? CLI_DOCTOR_OK
                                                     : CLI_DOCTOR_NO,
                    "x86-64-v2", "what modules expect unless --cpu says less");
#else
    cli_doctor_find(doctor, CLI_DOCTOR_PART, "x86-64",
                    "another CPU: modules compiled with --target portable");
#endif
}

/* Is the request known?  Without an argument it fails either way. */
static bool has_pagemap_scan(void)
{
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    bool known =
        fd >= 0 && ioctl(fd, PAGEMAP_SCAN_REQUEST, NULL) < 0 && errno != ENOTTY;

    if (fd >= 0)
        close(fd);
    return known;
}

static void find_kernel(struct cli_doctor *doctor)
{
    struct utsname name;

    if (uname(&name) == 0)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "kernel", "%s %s", name.sysname,
                        name.release);
    if (has_pagemap_scan())
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "PAGEMAP_SCAN",
                        "resets ask the kernel which pages changed");
    else
        cli_doctor_find(doctor, CLI_DOCTOR_PART, "PAGEMAP_SCAN",
                        "before Linux 6.7: resets read the pagemap itself, "
                        "which is slower for large guests");
    if (syscall(NR_OPENAT2, -1, NULL, NULL, 0) < 0 && errno != ENOSYS)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "openat2",
                        "paths in directories of the host are resolved by the "
                        "kernel, beneath them");
    else
        cli_doctor_find(doctor, CLI_DOCTOR_PART, "openat2",
                        "before Linux 5.6, or forbidden here: paths are "
                        "resolved step by step, which is slower");
}

/* What a worker process has around it: viv_executor_config.worker. */
static void find_wall(struct cli_doctor *doctor)
{
    uint32_t action = SECCOMP_KILL_PROCESS;
    long version = syscall(NR_LANDLOCK_RULESET, NULL, 0, LANDLOCK_ASK_VERSION);

    if (syscall(SYS_seccomp, SECCOMP_ASK_ACTION, 0, &action) == 0)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "seccomp",
                        "workers have the system calls that guests need");
    else
        cli_doctor_find(doctor, CLI_DOCTOR_NO, "seccomp",
                        "before Linux 4.14, or forbidden here: there can be "
                        "no workers");
    if (version > 0)
        cli_doctor_find(
            doctor, version < 3 ? CLI_DOCTOR_PART : CLI_DOCTOR_OK, "Landlock",
            "version %ld: workers open nothing but what is mounted", version);
    else
        cli_doctor_find(doctor, CLI_DOCTOR_PART, "Landlock",
                        "before Linux 5.13, or switched off: workers that have "
                        "files mounted could open others, too");
}

static void find_limit(struct cli_doctor *doctor, int resource,
                       const char *what, uint64_t least, const char *why)
{
    struct rlimit limit;

    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return;
    if (limit.rlim_cur == RLIM_INFINITY)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, what, "no limit; %s", why);
    else
        cli_doctor_find(
            doctor, limit.rlim_cur >= least ? CLI_DOCTOR_OK : CLI_DOCTOR_PART,
            what, "%" PRIu64 "; %s", (uint64_t)limit.rlim_cur, why);
}

void cli_doctor_machine(struct cli_doctor *doctor)
{
    find_cpu(doctor);
    find_kernel(doctor);
    find_wall(doctor);
    cli_doctor_find(doctor, CLI_DOCTOR_OK, "memory",
                    "%" PRIu64 " MiB available",
                    cli_proc_number("/proc/meminfo", "MemAvailable:") >> 10);
    find_limit(doctor, RLIMIT_AS, "address space", UINT64_C(1) << 40,
               "a sandbox reserves gigabytes, and uses what it touches");
    find_limit(doctor, RLIMIT_NOFILE, "open files", 4096,
               "each sandbox and each image has one");
    cli_doctor_find(doctor, CLI_DOCTOR_OK, "mappings",
                    "%" PRIu64 "; a sandbox takes some",
                    cli_proc_number("/proc/sys/vm/max_map_count", ""));
}
