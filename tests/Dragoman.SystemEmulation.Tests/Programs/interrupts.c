// Interrupts by lines that a device of the test board asserts: masks, WFI, from another cpu, FIQ before IRQ, from EL0.
#include "bare.h"

#define LINE(cpu, line) (*(volatile u32 *)(0x0a000000UL + (line) * 32 + (cpu) * 4))

static volatile u64 taken, fiqs_when_irq, received, ready, from_user, order;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 cpu = read_sys(mpidr_el1) & 0xff;
    if (vector == 8) {
        if ((esr >> 26) != 0x15) line("trapped", esr);
        frame->elr = (u64)leave_user;
        frame->spsr = 0x3c5;
        return;
    }
    if ((vector & 3) == 1) {
        LINE(cpu, 0) = 0;
        taken++;
        if (order == 1) fiqs_when_irq = 1;
        if (vector == 9) from_user = vector;
        if (cpu == 1) received++;
    } else if ((vector & 3) == 2) {
        LINE(cpu, 1) = 0;
        order++;
    } else {
        line("unexpected", vector);
        line("esr", esr);
        line("elr", frame->elr);
        quit(1);
    }
}

void secondary(u64 cpu, u64 argument)
{
    ready = 1;

    // Masked before it looks: an interrupt between the look and WFI would be the one that it waits for.
    while (1) {
        __asm__ volatile("msr daifset, #2" ::: "memory");
        if (received == 500) break;
        __asm__ volatile("wfi; msr daifclr, #2" ::: "memory");
    }
    ready = 2;
    while (1) __asm__ volatile("wfi");
}

// An interrupt that is pending, masked or not, leaves WFI nothing to wait for, and nothing to trap (SCTLR_EL1.nTWI is 0, UMA is 1).
USER static void user_wait(volatile u32 *irq)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
    *irq = 1;
    __asm__ volatile("wfi" ::: "memory");
    *irq = 0;
    __asm__ volatile("svc #99");
}

USER static void user_code(volatile u32 *irq)
{
    *irq = 1;
    for (volatile int i = 0; i < 1000; i++) ;
    __asm__ volatile("svc #99");
}

extern char _start[];

u64 main(void)
{
    static char user_stack[4096] ALIGNED(16);

    // Masked: it stays pending. Then it is taken at once, by each of the ways to unmask.
    LINE(0, 0) = 1;
    for (volatile int i = 0; i < 1000; i++) ;
    if (taken != 0 || (read_sys(isr_el1) & 0x80) == 0) quit(2);
    __asm__ volatile("msr daifclr, #2");
    if (taken != 1) quit(3);
    LINE(0, 0) = 1;
    while (taken != 2) __asm__ volatile("yield");
    __asm__ volatile("msr daifset, #2");
    LINE(0, 0) = 1;
    write_sys(daif, 0x340);
    if (taken != 3) quit(5);
    write_sys(daif, 0x3c0);
    LINE(0, 0) = 1;
    write_sys(spsr_el1, 0x345);
    __asm__ volatile("adr x0, 1f; msr elr_el1, x0; eret; 1:" ::: "x0", "memory");
    if (taken != 4) quit(6);
    __asm__ volatile("msr daifset, #2");

    // A masked interrupt ends a wait.
    LINE(0, 0) = 1;
    __asm__ volatile("wfi");
    if (taken != 4) quit(7);
    __asm__ volatile("msr daifclr, #2");
    line("taken", taken);
    line("woken", 1);

    // From another cpu, which waits for each.
    hvc_call(0xc4000003, 1, (u64)_start, 0);
    while (!ready) __asm__ volatile("yield");
    for (int i = 0; i < 500; i++) {
        u64 before = received;
        LINE(1, 0) = 1;
        while (received == before) __asm__ volatile("yield");
    }
    while (ready != 2) __asm__ volatile("yield");
    line("by others", received);

    __asm__ volatile("msr daifset, #3");
    LINE(0, 0) = 1;
    LINE(0, 1) = 1;
    __asm__ volatile("msr daifclr, #3; nop" ::: "memory");
    line("FIQ first", fiqs_when_irq);

    enter_user(user_code, user_stack + 4096, (u64)&LINE(0, 0));
    line("user", from_user);
    u64 before = taken;
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 1 << 9);
    enter_user(user_wait, user_stack + 4096, (u64)&LINE(0, 0));
    line("user waited", taken == before);
    return 0;
}
