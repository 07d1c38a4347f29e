// Exceptions from EL1 and EL0, and what they say; the MMU is off.
#include "bare.h"

static u64 expected_return;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
#ifndef EXACT
    // QEMU has op1 and op2 of a trapped MSR (immediate) in each other's place (ESR_EL1, D19.2.37, ISS of class 0x18).
    if ((esr >> 26) == 0x18 && (esr >> 5 & 0x1ff) == 0x9f) esr &= ~0xfc000UL;
#endif
    line("vector", vector);
    line(" esr", esr);
    line(" spsr", frame->spsr & ~0x1000UL);     // without SSBS
    if ((esr >> 26) == 0x15) {
        if ((esr & 0xffff) == 99) {
            line(" user result", frame->x[0]);
            frame->elr = (u64)leave_user;
            frame->spsr = 0x3c5;
        }
        return;
    }
    if ((esr >> 26) == 0x22) {
        line(" far", far);
        frame->elr = frame->x[30];
        return;
    }
    if ((esr >> 26) == 0x0e) {
        line(" at the target", frame->elr == frame->x[0]);
        frame->spsr = 0x3c5;
    }
    frame->elr += 4;
}

void secondary(u64 cpu, u64 argument) { }

USER static void user_code(u64 argument)
{
    u64 x;
    __asm__ volatile("svc #1");
    __asm__ volatile(".inst 0x9e6703e0");
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(x));
    __asm__ volatile("msr tpidr_el1, %0" :: "r"(x));
    __asm__ volatile("mrs %0, ctr_el0" : "=r"(x));
    __asm__ volatile("msr daifset, #2");
    __asm__ volatile("mrs %0, daif" : "=r"(x));
    __asm__ volatile("wfi");
#ifdef EXACT
    // QEMU has no traps of WFE. It traps where it would wait: the second time.
    __asm__ volatile("sevl; wfe; wfe");
#endif
    __asm__ volatile("hvc #3");
    __asm__ volatile("eret");
    __asm__ volatile("tlbi vmalle1");
    __asm__ volatile("dc civac, %0" :: "r"(argument));
    __asm__ volatile("brk #0x123");
    __asm__ volatile("udf #7");
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(x));
    __asm__ volatile("msr cntfrq_el0, %0" :: "r"(x));
    __asm__ volatile("mrs %0, cntkctl_el1" : "=r"(x));
    __asm__ volatile("mrs %0, clidr_el1" : "=r"(x));

    // Semihosting, SYS_EXIT: not from here.
    __asm__ volatile("mov x0, #0x18; mov x1, #0; hlt #0xf000" ::: "x0", "x1");
    __asm__ volatile("msr tpidr_el0, %0" :: "r"(0x1234UL));
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(x));
    register u64 x0 __asm__("x0") = x + argument;
    __asm__ volatile("svc #99" :: "r"(x0));
}

// Returns to a state that there is not, with flags and masks that are taken over all the same.
static void illegal_return(u64 spsr)
{
    __asm__ volatile("adr x0, 1f; msr elr_el1, x0; msr spsr_el1, %0; eret; nop; 1: nop; msr daifset, #0xf" :: "r"(spsr | 0xf0000000) : "x0", "cc", "memory");
}

u64 main(void)
{
    static char user_stack[4096] ALIGNED(16);
    line("CurrentEL", read_sys(currentel));
    line("SPSel", read_sys(spsel));
    line("DAIF", read_sys(daif));
    __asm__ volatile("svc #0x42");
    __asm__ volatile("brk #5");
    __asm__ volatile(".inst 0");
    __asm__ volatile("smc #1");
    __asm__ volatile(".inst 0xd53c1100");       // mrs x0, hcr_el2: EL2 is not there
    __asm__ volatile("msr daifclr, #0xf");
    line("DAIF", read_sys(daif));
    __asm__ volatile("msr daifset, #0xa");
    line("DAIF", read_sys(daif));
    write_sys(daif, 0x3c0);

    // SP_EL0 at EL1.
    u64 sp0;
    write_sys(sp_el0, 0x40070000);
    __asm__ volatile("msr spsel, #0; mov %0, sp; sub sp, sp, #16; msr spsel, #1" : "=r"(sp0));
    line("SP_EL0", sp0);
    line("SP_EL0", read_sys(sp_el0));
    __asm__ volatile("msr spsel, #0; mrs x0, sp_el0; msr spsel, #1" ::: "x0");
    __asm__ volatile("msr spsel, #0; svc #7; msr spsel, #1");

    // A branch to an address that is no multiple of 4.
    __asm__ volatile("adr x30, 1f; mov x0, #0x40000000; add x0, x0, #2; br x0; 1:" ::: "x0", "x30");

    text("illegal return\n");
    illegal_return(0x3c9);
    illegal_return(0x2cd);
    illegal_return(0x3c1);
    illegal_return(0x3c6);
    illegal_return(0x2d3);
    text("of IL\n");
    illegal_return(0x1003c5);
    __asm__ volatile("msr spsel, #0");
    illegal_return(0x3c9);
    __asm__ volatile("msr spsel, #1");

    // FMOV D0, XZR and MRS X0, FPCR where floating point traps, and where it does not.
    text("floating point\n");
    write_sys(cpacr_el1, 0);
    barrier();
    __asm__ volatile(".inst 0x9e6703e0; .inst 0xd53b4400" ::: "x0");
    write_sys(cpacr_el1, 1 << 20);
    barrier();
    __asm__ volatile(".inst 0x9e6703e0; .inst 0xd53b4400" ::: "x0");

    write_sys(tpidr_el1, 0x1111);
    write_sys(tpidrro_el0, 0x2222);
    write_sys(contextidr_el1, 0x3333);
    line("TPIDR_EL1", read_sys(tpidr_el1));
    line("TPIDRRO_EL0", read_sys(tpidrro_el0));
    line("CONTEXTIDR_EL1", read_sys(contextidr_el1));
    line("user", enter_user(user_code, user_stack + 4096, 5));
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 1 << 9 | 1 << 15 | 1 << 26);      // UMA, UCT, UCI
    line("user", enter_user(user_code, user_stack + 4096, 6));
    return 7;
}
