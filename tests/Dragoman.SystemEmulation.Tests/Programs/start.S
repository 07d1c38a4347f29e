// Entry of every program here, its vectors, and the way to EL0 and back. A cpu starts with an argument in x0; cpu 0 goes to main, others to secondary.
        .global _start, enter_user, leave_user, try_load, try_store, hvc_call
        .section .text.start, "ax"
_start: mrs     x1, mpidr_el1
        and     x1, x1, #0xff
        adrp    x2, stacks
        add     x2, x2, :lo12:stacks
        add     x3, x1, #1
        add     x2, x2, x3, lsl #14
        msr     spsel, #1
        mov     sp, x2
        adrp    x2, vectors
        add     x2, x2, :lo12:vectors
        msr     vbar_el1, x2
        ldr     x2, =0x30d00800
        msr     sctlr_el1, x2
        mov     x2, #3 << 20
        msr     cpacr_el1, x2
        isb
        mov     x2, x0
        mov     x0, x1
        mov     x1, x2
        msr     nzcv, xzr
        cbnz    x0, 1f
        bl      main
        b       quit
1:      bl      secondary
2:      wfi
        b       2b

        .text
// Runs x0 at EL0 with stack x1 until it makes system call 99; its x0 is the result.
enter_user:
        stp     x19, x20, [sp, #-96]!
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        mrs     x3, mpidr_el1
        and     x3, x3, #0xff
        adrp    x4, user_return
        add     x4, x4, :lo12:user_return
        mov     x5, sp
        str     x5, [x4, x3, lsl #3]
        msr     elr_el1, x0
        msr     sp_el0, x1
        mov     x3, #0x0
        msr     spsr_el1, x3
        mov     x0, x2
        eret
leave_user:
        mrs     x3, mpidr_el1
        and     x3, x3, #0xff
        adrp    x4, user_return
        add     x4, x4, :lo12:user_return
        ldr     x5, [x4, x3, lsl #3]
        mov     sp, x5
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     x19, x20, [sp], #96
        ret

try_load:
        ldr     x0, [x0]
        ret
try_store:
        str     x1, [x0]
        ret
hvc_call:
        hvc     #0
        ret

        .macro  vector number
        .balign 0x80
        sub     sp, sp, #288
        stp     x0, x1, [sp]
        mov     x0, #\number
        b       enter
        .endm

        .balign 0x800
vectors:
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vector  \number
        .endr

enter:  stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x29, x30, [sp, #232]
        mrs     x2, elr_el1
        mrs     x3, spsr_el1
        stp     x2, x3, [sp, #248]
        mrs     x2, esr_el1
        mrs     x3, far_el1
        mov     x1, sp
        bl      handler
        ldp     x2, x3, [sp, #248]
        msr     elr_el1, x2
        msr     spsr_el1, x3
        ldp     x2, x3, [sp, #16]
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     x8, x9, [sp, #64]
        ldp     x10, x11, [sp, #80]
        ldp     x12, x13, [sp, #96]
        ldp     x14, x15, [sp, #112]
        ldp     x16, x17, [sp, #128]
        ldp     x18, x19, [sp, #144]
        ldp     x29, x30, [sp, #232]
        ldp     x0, x1, [sp]
        add     sp, sp, #288
        eret

        .bss
        .balign 4096
stacks: .space  16384 * 8
user_return:
        .space  8 * 8
