/* fiber_switch_x86_64.S - from one stack to another, x86-64 System V.
 *
 * Either side that waits for the other has this on top of its stack, and its
 * stack pointer, which is aligned to 16, in struct fiber_switch:
 *
 *     sp + 64   what the caller had on its stack
 *     sp + 56   return address
 *     sp + 48   rbp
 *     sp + 40   rbx
 *     sp + 32   r12
 *     sp + 24   r13
 *     sp + 16   r14
 *     sp +  8   r15
 *     sp +  4   x87 control word (2 bytes)
 *     sp        mxcsr (4 bytes)
 *
 * That is all that a called function has to preserve; the caller has saved the
 * rest.  A signal handler that leaves a fiber in the middle of anything is no
 * exception: all that the host expects to find again is in its own frame.
 *
 * Guests compute with the default mxcsr - round to nearest, no flushing of
 * denormals, no exceptions - whatever the host has chosen for itself; host
 * functions have the host's.  Reading mxcsr is slow, so it is read only where
 * its value is not known: on the host.
 *
 * Calls and returns are kept paired on both stacks, by calling host functions
 * from here instead of returning to a loop, so that the CPU predicts returns
 * well on either side.
 *
 * The CFI lets gdb and perf walk from a host function through the guest's
 * frames to whoever called the guest.  While we are on the other stack, rbx
 * holds the struct fiber_switch, and the frame is found through it.  `signal
 * frame` makes gdb accept that stack addresses jump.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define HOST_SP  0
#define FIBER_SP 8

#define GUEST_MXCSR 0x1f80

/* The canonical frame address is the stack pointer kept at AT(%rbx), plus 64:
 * DW_CFA_def_cfa_expression, 5 bytes: DW_OP_breg3 AT, DW_OP_deref,
 * DW_OP_plus_uconst 64. */
#define CFA_BY_RBX(AT) .cfi_escape 0x0f, 5, 0x73, AT, 0x06, 0x23, 64

        .text

        .macro  SAVE_REG reg
        push    \reg
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset \reg, 0
        .endm

        .macro  LOAD_REG reg
        pop     \reg
        .cfi_adjust_cfa_offset -8
        .cfi_restore \reg
        .endm

        .macro  SAVE_REGS
        SAVE_REG %rbp
        SAVE_REG %rbx
        SAVE_REG %r12
        SAVE_REG %r13
        SAVE_REG %r14
        SAVE_REG %r15
        sub     $8, %rsp
        .cfi_adjust_cfa_offset 8
        fnstcw  4(%rsp)
        .endm

        .macro  RESTORE_REGS
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        add     $8, %rsp
        .cfi_adjust_cfa_offset -8
        LOAD_REG %r15
        LOAD_REG %r14
        LOAD_REG %r13
        LOAD_REG %r12
        LOAD_REG %rbx
        LOAD_REG %rbp
        .endm

        /* The state after SAVE_REGS, for code that is entered with it. */
        .macro  REGS_SAVED
        .cfi_def_cfa %rsp, 64
        .cfi_offset %rbp, -16
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        .endm

        .macro  FUNCTION name
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 4
\name:
        .cfi_startproc
        .cfi_signal_frame
        .endm

        .macro  END name
        .cfi_endproc
        .size   \name, . - \name
        .endm

/* int fiber_switch_run(sw, func, arg, top) */
FUNCTION fiber_switch_run
        SAVE_REGS
        stmxcsr (%rsp)
        mov     %rsp, HOST_SP(%rdi)
        mov     %rdi, %rbx
        CFA_BY_RBX(HOST_SP)
        mov     %rcx, %rsp
        ldmxcsr guest_mxcsr(%rip)
        mov     %rdx, %rdi
        call    *%rsi
        mov     HOST_SP(%rbx), %rsp
        .cfi_def_cfa %rsp, 64
        xor     %eax, %eax
        RESTORE_REGS
        ret
END fiber_switch_run

/* void fiber_switch_call(sw, func, arg)
 * func preserves all but rbx, which this uses itself: the others are saved for
 * fiber_switch_resume() only. */
FUNCTION fiber_switch_call
        SAVE_REGS
        movl    $GUEST_MXCSR, (%rsp)
        mov     %rsp, FIBER_SP(%rdi)
        mov     %rdi, %rbx
        CFA_BY_RBX(FIBER_SP)
        mov     HOST_SP(%rdi), %rsp
        ldmxcsr (%rsp)
        mov     %rdx, %rdi
        call    *%rsi
        test    %eax, %eax
        jnz     leave
        mov     FIBER_SP(%rbx), %rsp
        .cfi_def_cfa %rsp, 64
        ldmxcsr (%rsp)
        mov     40(%rsp), %rbx
        .cfi_restore %rbx
        add     $56, %rsp
        .cfi_def_cfa %rsp, 8
        .cfi_restore %rbp
        .cfi_restore %r12
        .cfi_restore %r13
        .cfi_restore %r14
        .cfi_restore %r15
        ret
END fiber_switch_call

/* int fiber_switch_resume(sw) */
FUNCTION fiber_switch_resume
        SAVE_REGS
        stmxcsr (%rsp)
        mov     %rsp, HOST_SP(%rdi)
        mov     FIBER_SP(%rdi), %rsp
        RESTORE_REGS
        ret
END fiber_switch_resume

/* void fiber_switch_stop(sw, number)
 * From `leave` on, the end of fiber_switch_run() and fiber_switch_resume() with
 * the number in eax: their frames are the same.  fiber_switch_call() comes here
 * with the host's stack in place. */
FUNCTION fiber_switch_stop
        mov     HOST_SP(%rdi), %rsp
        REGS_SAVED
        mov     %esi, %eax
leave:
        RESTORE_REGS
        ret
END fiber_switch_stop

        .section .rodata
        .p2align 2
guest_mxcsr:
        .long   GUEST_MXCSR

        .section .note.GNU-stack, "", @progbits
