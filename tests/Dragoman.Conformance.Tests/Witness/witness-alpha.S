// A static program without a library that executes one instruction a record: reads records from standard input until it ends,
// loads the state a record holds, executes the record's instruction in place, and writes the state after it.
//
// A record is the instruction word in 8 bytes and then the block below; an answer is the block.
//   0 R0..R30   248 F0..F30   496 FPCR   504 signal (0 none)   512 scratch memory, 256 bytes
// Its code is in a writable section. It keeps nothing across the instruction but R30 in memory at a fixed address, which R31 reaches.

        .set    noat
        .set    noreorder

        .arch   ev67

        BLOCK = 0x4000                          // 16-bit displacements off R31 reach these addresses
        KEPT = 0x3000
        SCRATCH_BYTES = 256

        .section .witness, "awx"
        .globl  _start
_start: br      $29, 1f
1:      lda     $29, -4($29)                    // $29 = _start
        // Faults are answered too: signals on a stack of their own, since R30 is the record's
        lda     $16, altstack - _start($29)
        lda     $17, 0($31)
        lda     $0, 235($31)                    // sigaltstack
        callsys
        lda     $9, signals - _start($29)
2:      ldbu    $16, 0($9)
        lda     $9, 1($9)
        beq     $16, next
        lda     $17, action - _start($29)
        lda     $18, 0($31)
        lda     $19, 8($31)
        lda     $20, restorer - _start($29)
        lda     $0, 352($31)                    // rt_sigaction
        callsys
        br      $31, 2b

next:   br      $29, 3f
3:      lda     $29, _start - 3b($29)
        lda     $9, BLOCK - 8($31)
        lda     $10, 776($31)
4:      lda     $16, 0($31)
        bis     $9, $9, $17
        bis     $10, $10, $18
        lda     $0, 3($31)                      // read
        callsys
        bne     $19, done
        ble     $0, done
        addq    $9, $0, $9
        subq    $10, $0, $10
        bne     $10, 4b

        // Scratch memory, then the instruction
        lda     $1, BLOCK + 512($31)
        ldah    $2, 0x50($31)
        lda     $2, 0x2000($2)
        lda     $3, SCRATCH_BYTES($31)
5:      ldq     $4, 0($1)
        stq     $4, 0($2)
        lda     $1, 8($1)
        lda     $2, 8($2)
        lda     $3, -8($3)
        bne     $3, 5b
        ldl     $1, BLOCK - 8($31)
        lda     $2, slot - _start($29)
        stl     $1, 0($2)
        imb

        // Linux's control word enables what FPCR does not disable (osf_setsysinfo, SSI_IEEE_FP_CONTROL)
        ldq     $1, BLOCK + 496($31)
        srl     $1, 48, $2
        and     $2, 0x0e, $2                    // INVD, DZED, OVFD
        srl     $1, 57, $3
        and     $3, 0x30, $3                    // UNFD, INED
        bis     $2, $3, $2
        lda     $3, 0x3e($31)
        bic     $3, $2, $3
        stq     $3, KEPT($31)
        lda     $16, 14($31)
        lda     $17, KEPT($31)
        lda     $0, 257($31)
        callsys

        stq     $31, BLOCK + 504($31)
        ldt     $f0, BLOCK + 496($31)
        excb
        mt_fpcr $f0
        excb
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        ldt     $f\n, BLOCK + 248 + 8 * \n($31)
        .endr
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        ldq     $\n, BLOCK + 8 * \n($31)
        .endr
        br      $31, slot
        .balign 1024                            // at a fixed address, so that PC-relative results can be compared
        .skip   1020
        nop
slot:   nop
after:  trapb
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        stq     $\n, BLOCK + 8 * \n($31)
        .endr
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        stt     $f\n, BLOCK + 248 + 8 * \n($31)
        .endr
        excb
        mf_fpcr $f0
        excb
        stt     $f0, BLOCK + 496($31)
        lda     $2, BLOCK + 512($31)
        ldah    $1, 0x50($31)
        lda     $1, 0x2000($1)
        lda     $3, SCRATCH_BYTES($31)
6:      ldq     $4, 0($1)
        stq     $4, 0($2)
        lda     $1, 8($1)
        lda     $2, 8($2)
        lda     $3, -8($3)
        bne     $3, 6b

        lda     $9, BLOCK($31)
        lda     $10, 768($31)
7:      lda     $16, 1($31)
        bis     $9, $9, $17
        bis     $10, $10, $18
        lda     $0, 4($31)                      // write
        callsys
        bne     $19, done
        addq    $9, $0, $9
        subq    $10, $0, $10
        bne     $10, 7b
        br      $31, next

done:   lda     $16, 0($31)
        lda     $0, 405($31)                    // exit_group
        callsys

// Signal number, siginfo, ucontext: note the signal and go on after the instruction (sc_pc is behind uc_flags, uc_link, uc_osf_sigmask, uc_stack, sc_onstack, sc_mask)
handler:
        stq     $16, BLOCK + 504($31)
        br      $1, 8f
8:      lda     $1, after - 8b($1)
        stq     $1, 64($18)
        ret     $31, ($26), 1
restorer:
        bis     $30, $30, $16
        lda     $0, 351($31)                    // rt_sigreturn
        callsys

        .balign 8
signals: .byte  4, 5, 7, 8, 10, 11, 0
        .balign 8
action: .quad   handler, 0x41, 0                // SA_SIGINFO | SA_ONSTACK
altstack:
        .quad   0x600000, 0, 65536

        // At fixed addresses (--section-start)
        .section .block, "aw", %nobits
        .skip   0x2000 - 8
        .skip   8 + 768                         // the word, read together with the block behind it
        .section .scratch, "aw", %nobits
        .skip   0x2000                          // a page before it and one after it
        .skip   0x4000
        .section .altstack, "aw", %nobits
        .skip   65536
