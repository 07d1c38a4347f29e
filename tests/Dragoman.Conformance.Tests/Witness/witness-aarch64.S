// A static program without a library that executes one instruction a record: reads records from standard input until it ends,
// loads the state a record holds, executes the record's instruction in place, and writes the state after it.
//
// A record is the instruction word in 8 bytes and then the block below; an answer is the block.
//   0 X0..X30   248 SP   256 NZCV   264 FPCR   272 FPSR   280 signal (0 none)   288 V0..V31   800 scratch memory, 256 bytes
// Its code is in a writable section. It keeps nothing in TPIDR_EL0 but X30 across the instruction.

        .equ    BLOCK_BYTES, 1056
        .equ    SCRATCH_BYTES, 256
        .equ    UC_PC, 440
        .arch   armv8.1-a

        .section .witness, "awx"
        .globl  _start
_start:
        // Faults are answered too: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV on a stack of their own, since SP is the record's
        adr     x0, altstack
        mov     x1, #0
        mov     x8, #132                        // sigaltstack
        svc     #0
        adr     x20, signals
1:      ldrb    w0, [x20], #1
        cbz     w0, next
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134                        // rt_sigaction
        svc     #0
        b       1b

next:
        adr     x20, word
        mov     x21, #BLOCK_BYTES + 8
2:      mov     x0, #0
        mov     x1, x20
        mov     x2, x21
        mov     x8, #63                         // read
        svc     #0
        cmp     x0, #0
        b.le    done
        add     x20, x20, x0
        subs    x21, x21, x0
        b.ne    2b

        // Scratch memory, then the instruction
        adr     x0, block + 800
        ldr     x1, =scratch
        mov     x2, #SCRATCH_BYTES
        bl      copy
        ldr     w0, word
        adr     x1, slot
        str     w0, [x1]
        dc      cvau, x1
        dsb     ish
        ic      ivau, x1
        dsb     ish
        isb

        adr     x30, block
        str     xzr, [x30, #280]
        ldr     x0, [x30, #256]
        msr     nzcv, x0
        ldr     x0, [x30, #264]
        msr     fpcr, x0
        ldr     x0, [x30, #272]
        msr     fpsr, x0
        add     x0, x30, #288
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ldr     q\n, [x0, #16 * \n]
        .endr
        ldr     x0, [x30, #248]
        mov     sp, x0
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
        ldr     x\n, [x30, #8 * \n]
        .endr
        ldr     x30, [x30, #240]
        .balign 1024                            // at 0x400400, so that PC-relative results can be compared
slot:   nop
after:  msr     tpidr_el0, x30
        adr     x30, block
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
        str     x\n, [x30, #8 * \n]
        .endr
        mrs     x0, tpidr_el0
        str     x0, [x30, #240]
        mov     x0, sp
        str     x0, [x30, #248]
        mrs     x0, nzcv
        str     x0, [x30, #256]
        mrs     x0, fpcr
        str     x0, [x30, #264]
        mrs     x0, fpsr
        str     x0, [x30, #272]
        add     x0, x30, #288
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        str     q\n, [x0, #16 * \n]
        .endr
        ldr     x0, =scratch
        adr     x1, block + 800
        mov     x2, #SCRATCH_BYTES
        bl      copy

        adr     x20, block
        mov     x21, #BLOCK_BYTES
3:      mov     x0, #1
        mov     x1, x20
        mov     x2, x21
        mov     x8, #64                         // write
        svc     #0
        cmp     x0, #0
        b.le    done
        add     x20, x20, x0
        subs    x21, x21, x0
        b.ne    3b
        b       next

done:   mov     x0, #0
        mov     x8, #94                         // exit_group
        svc     #0

copy:   ldr     x3, [x0], #8
        str     x3, [x1], #8
        subs    x2, x2, #8
        b.ne    copy
        ret

// Signal number, siginfo, ucontext: note the signal and go on after the instruction
handler:
        adr     x3, block
        str     x0, [x3, #280]
        adr     x3, after
        str     x3, [x2, #UC_PC]
        ret

        .ltorg
signals: .byte  4, 5, 7, 8, 11, 0
        .balign 8
action: .quad   handler, 0x48000004, 0, 0       // SA_SIGINFO | SA_ONSTACK | SA_NODEFER
altstack:
        .quad   stack, 0, 65536
        .balign 16
        .quad   0
word:   .quad   0                               // read together with the block behind it
block:  .fill   BLOCK_BYTES

        .bss
        .balign 16
stack:  .skip   65536

        // At a fixed address (--section-start), so that records can point into it
        .section .scratch, "aw", %nobits
        .balign 4096
        .skip   4096
scratch: .skip  SCRATCH_BYTES
        .skip   8192
