/* register_hammer.h - code that notices when any register is not kept.
 *
 * hammer_run() loads every register that user code has - integers, flags with
 * the direction, x87, vectors of 16, 32 or 64 bytes, their masks, both control
 * words - and the red zone, does nothing for a while, stores them all, and
 * compares; round after round.  All of it lies between hammer_code and
 * hammer_end, and may be paused between any two instructions of that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTER_HAMMER_H
#define REGISTER_HAMMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nudge_tools.h"
#include "os/os_cpu.h"
#include "test.h"

struct hammer_registers {
    uint8_t vectors[32][64];
    uint8_t fx[512]; /* as fxsave writes it */
    uint64_t masks[8];
    uint64_t integers[16]; /* rax rcx rdx rbx - rbp rsi rdi r8 ... r15 */
    uint64_t red_zone[16];
    uint64_t flags;
    uint64_t unused[7];
} __attribute__((aligned(64)));

/* The assembly knows the offsets. */
struct hammer {
    struct hammer_registers put, got, want;
    uint64_t level;           /* of vectors: 2, 3 or 4 */
    volatile uint64_t rounds; /* left */
    uint64_t drop;            /* how far to go down the stack first */
    volatile uint64_t bad;    /* rounds in which something differed */
    void *sp;
};

_Static_assert(sizeof(struct hammer_registers) == 2944, "known to assembly");

extern struct hammer hammer;
extern const char hammer_code[], hammer_end[];
void hammer_run(void *unused);

__attribute__((visibility("hidden"))) struct hammer hammer;
uint64_t hammer_rax;

/* PUT is at 0, GOT at 2944; of each: FX at 2048, masks at 2560, integers at
 * 2624, the red zone at 2752, flags at 2880.  Then level, rounds and so on. */
/* clang-format off */
#define EIGHT(w) w(0) w(1) w(2) w(3) w(4) w(5) w(6) w(7)
#define SIXTEEN(w) \
    EIGHT(w) w(8) w(9) w(10) w(11) w(12) w(13) w(14) w(15)
#define ALL_VECTORS(w) \
    SIXTEEN(w) w(16) w(17) w(18) w(19) w(20) w(21) w(22) w(23) \
    w(24) w(25) w(26) w(27) w(28) w(29) w(30) w(31)
#define OTHER_INTS(w) \
    w(rcx, 1) w(rdx, 2) w(rbx, 3) w(rbp, 5) w(rsi, 6) w(r8, 8) w(r9, 9) \
    w(r10, 10) w(r11, 11) w(r12, 12) w(r13, 13) w(r14, 14) w(r15, 15)

#define PUT_X(n) "movups " #n "*64(%rdi), %xmm" #n "\n"
#define PUT_Y(n) "vmovups " #n "*64(%rdi), %ymm" #n "\n"
#define PUT_Z(n) "vmovups " #n "*64(%rdi), %zmm" #n "\n"
#define PUT_K(n) "kmovq 2560+" #n "*8(%rdi), %k" #n "\n"
#define PUT_I(r, n) "mov 2624+" #n "*8(%rdi), %" #r "\n"
#define PUT_RED(n) \
    "mov 2752+" #n "*8(%rdi), %rax\n" \
    "mov %rax, -8-" #n "*8(%rsp)\n"

#define GOT_X(n) "movups %xmm" #n ", 2944+" #n "*64(%rax)\n"
#define GOT_Y(n) "vmovups %ymm" #n ", 2944+" #n "*64(%rax)\n"
#define GOT_Z(n) "vmovups %zmm" #n ", 2944+" #n "*64(%rax)\n"
#define GOT_K(n) "kmovq %k" #n ", 2944+2560+" #n "*8(%rax)\n"
#define GOT_I(r, n) "mov %" #r ", 2944+2624+" #n "*8(%rax)\n"
#define GOT_RED(n) \
    "mov -8-" #n "*8(%rsp), %rcx\n" \
    "mov %rcx, 2944+2752+" #n "*8(%rax)\n"

__asm__(
    ".text\n"
    ".globl hammer_code, hammer_end, hammer_run\n"
    "hammer_code:\n"
    "hammer_run:\n"
    "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "lea hammer(%rip), %rdi\n"
    "mov %rsp, 3*2944+32(%rdi)\n"
    "sub 3*2944+16(%rdi), %rsp\n"
    "1: lea hammer(%rip), %rdi\n"
    "fxrstor64 2048(%rdi)\n"
    "cmpq $3, 3*2944(%rdi)\n"
    "je 3f\n"
    "ja 4f\n"
    SIXTEEN(PUT_X)
    "jmp 5f\n"
    "3:\n"
    SIXTEEN(PUT_Y)
    "jmp 5f\n"
    "4:\n"
    ALL_VECTORS(PUT_Z)
    EIGHT(PUT_K)
    "5: lea -136(%rsp), %rsp\n"
    "push 2880(%rdi)\n"
    "popfq\n"
    "lea 136(%rsp), %rsp\n"
    SIXTEEN(PUT_RED)
    OTHER_INTS(PUT_I)
    PUT_I(rax, 0)
    PUT_I(rdi, 7)
    ".rept 16\n nop\n .endr\n"
    "mov %rax, hammer_rax(%rip)\n"
    "lea hammer(%rip), %rax\n"
    OTHER_INTS(GOT_I)
    GOT_I(rdi, 7)
    "mov hammer_rax(%rip), %rcx\n"
    GOT_I(rcx, 0)
    "lea -136(%rsp), %rsp\n"
    "pushfq\n"
    "pop 2944+2880(%rax)\n"
    "lea 136(%rsp), %rsp\n"
    SIXTEEN(GOT_RED)
    "cld\n"
    "andq $~0x100, 2944+2880(%rax)\n" /* the trap flag: tests step through */
    "fxsave64 2944+2048(%rax)\n"
    "cmpq $3, 3*2944(%rax)\n"
    "je 3f\n"
    "ja 4f\n"
    SIXTEEN(GOT_X)
    "jmp 5f\n"
    "3:\n"
    SIXTEEN(GOT_Y)
    "jmp 5f\n"
    "4:\n"
    ALL_VECTORS(GOT_Z)
    EIGHT(GOT_K)
    "5: lea 2944(%rax), %rsi\n"
    "lea 2*2944(%rax), %rdi\n"
    "mov $2944/8, %ecx\n"
    "repe cmpsq\n"
    "je 6f\n"
    "incq 3*2944+24(%rax)\n"
    "jmp 7f\n" /* what was got is left to be looked at */
    "6: decq 3*2944+8(%rax)\n"
    "jnz 1b\n"
    "7: mov 3*2944+32(%rax), %rsp\n"
    "fninit\n"
    "movl $0x1f80, -8(%rsp)\n"
    "ldmxcsr -8(%rsp)\n"
    "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n"
    "ret\n"
    "hammer_end:\n");
/* clang-format on */

/* ------------------------------------------------------------------------
 * What to put.
 */

static uint64_t hammer_seed = 88172645463325252;

static inline uint64_t hammer_random(void)
{
    hammer_seed ^= hammer_seed << 13;
    hammer_seed ^= hammer_seed >> 7;
    return hammer_seed ^= hammer_seed << 17;
}

/* Valgrind computes x87 in 64 bits and knows no control bits but those of
 * rounding, so there the registers stay as they are. */
static inline void hammer_fill_fx(uint8_t fx[512])
{
    const uint32_t mxcsr = 0x1f80 | 0x6000 | 0x8000 | 0x3f;
    const uint8_t words[5] = {0x7f, 0x0f, 0x00, 0x5f, 0xff};

    __asm__ volatile("fninit\n fxsave64 (%0)" : : "r"(fx) : "memory");
    if (mode_is("valgrind"))
        return;
    memcpy(fx, words, sizeof(words)); /* all rounding to zero, top is 3 */
    memcpy(fx + 24, &mxcsr, sizeof(mxcsr));
    for (int i = 0; i < 8; i++) {
        uint64_t mantissa = hammer_random() | UINT64_C(1) << 63;
        uint16_t exponent = (uint16_t)(0x3000 + hammer_random() % 0x1000);

        memcpy(fx + 32 + 16 * i, &mantissa, 8);
        memcpy(fx + 32 + 16 * i + 8, &exponent, 2);
    }
}

/* Carry, parity, adjust, zero, sign, direction, overflow. */
#define HAMMER_FLAGS 0xcd5u

/* Fresh values, with all flags set or none.  What is to come out is found out
 * by one round that nobody disturbs. */
static inline void hammer_fill(bool flags)
{
    uint64_t *words = (uint64_t *)&hammer.put;

    memset(&hammer, 0, sizeof(hammer));
    for (size_t i = 0; i < sizeof(hammer.put) / 8; i++)
        words[i] = hammer_random();
    hammer_fill_fx(hammer.put.fx);
    memset(hammer.put.unused, 0, sizeof(hammer.put.unused));
    hammer.put.flags = flags ? HAMMER_FLAGS : 0;
    hammer.level = (uint64_t)os_cpu_level();
    hammer.rounds = 1;
    hammer_run(NULL);
    hammer.want = hammer.got;
    EXPECT_EQ_MEM(hammer.got.integers, hammer.put.integers, 8 * 4);
    EXPECT_EQ_MEM(hammer.got.red_zone, hammer.put.red_zone, 8 * 16);
    EXPECT_EQ_INT(hammer.got.flags & HAMMER_FLAGS,
                  hammer.put.flags & HAMMER_FLAGS);
    hammer.bad = 0;
    hammer.rounds = UINT64_MAX;
}

/* What the host does to registers while a guest is paused. */
static inline void hammer_trash(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq\n pop %0" : "=r"(flags));
    EXPECT_EQ_INT(flags & 0x400, 0); /* as C expects the direction to be */
    if (os_cpu_level() >= 4)
        __asm__ volatile(
            ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,"
            "22,23,24,25,26,27,28,29,30,31\n"
            "vpternlogd $255, %%zmm\\n, %%zmm\\n, %%zmm\\n\n"
            ".endr\n"
            ".irp n,0,1,2,3,4,5,6,7\n kxnorq %%k\\n, %%k\\n, %%k\\n\n .endr"
            :
            :
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
              "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
              "xmm15");
    __asm__ volatile("fninit\n fldpi\n fldl2e\n"
                     ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                     "pcmpeqd %%xmm\\n, %%xmm\\n\n"
                     ".endr\n fninit"
                     :
                     :
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                       "xmm13", "xmm14", "xmm15");
}

/* It was disturbed, and kept everything. */
static inline void hammer_expect_good(void)
{
    EXPECT_EQ_MEM(hammer.got.vectors, hammer.want.vectors, 32 * 64);
    EXPECT_EQ_MEM(hammer.got.fx, hammer.want.fx, 512);
    EXPECT_EQ_MEM(hammer.got.masks, hammer.want.masks, 8 * 8);
    EXPECT_EQ_MEM(hammer.got.integers, hammer.want.integers, 16 * 8);
    EXPECT_EQ_MEM(hammer.got.red_zone, hammer.want.red_zone, 16 * 8);
    EXPECT_EQ_INT(hammer.got.flags, hammer.want.flags);
    EXPECT_EQ_INT(hammer.bad, 0);
}

#endif /* REGISTER_HAMMER_H */
