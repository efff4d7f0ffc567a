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

/* What compiled code may keep below its stack pointer. */
#define RED_ZONE 128

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

/* void fiber_switch_inserted(void)
 * The stack below the guest's red zone, which the return skips:
 *
 *     sp + 128   address to go back to
 *     sp + 120   flags
 *     sp         rax rcx rdx rbx rbp rsi rdi r8 ... r15, from the top down
 *     below      what xsave or fxsave writes, aligned to 64
 *
 * A debugger sees the end of the stack here. */
FUNCTION fiber_switch_inserted
        .cfi_undefined %rip
        lea     -(RED_ZONE + 8)(%rsp), %rsp
        pushfq
        push    %rax
        push    %rcx
        push    %rdx
        push    %rbx
        push    %rbp
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        cld
        mov     %rsp, %rbp
        mov     fiber_switch_xsave_bytes(%rip), %ecx
        sub     %rcx, %rsp
        and     $-64, %rsp
        mov     fiber_switch_xsave_mask(%rip), %eax
        test    %eax, %eax
        jz      1f
        /* the header of the area must be zeros where xsave does not write */
        xor     %edx, %edx
        mov     %rdx, 512(%rsp)
        mov     %rdx, 520(%rsp)
        mov     %rdx, 528(%rsp)
        mov     %rdx, 536(%rsp)
        mov     %rdx, 544(%rsp)
        mov     %rdx, 552(%rsp)
        mov     %rdx, 560(%rsp)
        mov     %rdx, 568(%rsp)
        xsave64 (%rsp)
        call    fiber_nudge_pause
        mov     %rax, 128(%rbp)
        mov     fiber_switch_xsave_mask(%rip), %eax
        xor     %edx, %edx
        xrstor64 (%rsp)
        jmp     2f
1:      fxsave64 (%rsp)
        call    fiber_nudge_pause
        mov     %rax, 128(%rbp)
        fxrstor64 (%rsp)
2:      mov     %rbp, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rbp
        pop     %rbx
        pop     %rdx
        pop     %rcx
        pop     %rax
        popfq
        ret     $RED_ZONE
END fiber_switch_inserted

        .bss
        .globl  fiber_switch_xsave_mask, fiber_switch_xsave_bytes
        .hidden fiber_switch_xsave_mask, fiber_switch_xsave_bytes
        .p2align 2
fiber_switch_xsave_mask:
        .zero   4
fiber_switch_xsave_bytes:
        .zero   4

        .section .rodata
        .p2align 2
guest_mxcsr:
        .long   GUEST_MXCSR

        .section .note.GNU-stack, "", @progbits
