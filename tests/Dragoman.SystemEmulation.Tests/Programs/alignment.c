// Alignment faults of Device memory, with the MMU off, and of SP. Those of SCTLR_EL1.A and of PC are in mmu.c and exceptions.c.
#include "bare.h"

static u64 area[3 * 0x10000 / 8] ALIGNED(0x10000);

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    if ((esr >> 26) == 0x15) {
        frame->elr = (u64)leave_user;
        frame->spsr = 0x3c5;
        return;
    }
    line(" esr", esr);
    if ((esr >> 26) < 0x26) line(" far", far - (u64)area);
    frame->elr += 4;
}

void secondary(u64 cpu, u64 argument) { }

static void set(u64 page, u64 attributes)
{
    *page_of((u64)area + page * PAGE) = (u64)area + page * PAGE | attributes | UXN | 3;
    flush_page((u64)area + page * PAGE);
}

#define with_sp(offset, code) \
    __asm__ volatile("msr spsel, #0; mov sp, %0; " code "; msr spsel, #1" :: "r"((u64)area + 0x800 + (offset)) : "x0", "x1", "memory")

USER static void user_code(u64 argument)
{
    __asm__ volatile("ldr x1, [sp]; svc #99" ::: "x1");
}

u64 main(void)
{
    build_tables();
    mmu_on(0);
    set(1, AF | 3UL << 8);
    u64 normal = (u64)area, device = normal + PAGE;
    line("normal", try_load(normal + 1));
    text("device\n");
    try_load(device + 1);
    try_store(device + 4, 0);
    try_store(device + 8, 0x88);
    line("aligned", try_load(device + 8));
    __asm__ volatile("ldp x0, x1, [%0]; stp x0, x1, [%0]" :: "r"(device + 8) : "x0", "x1", "memory");
    __asm__ volatile("ldp x0, x1, [%0]" :: "r"(device + 12) : "x0", "x1");
    __asm__ volatile("ldrh w0, [%0]; ldrb w0, [%0]" :: "r"(device + 3) : "x0");
    __asm__ volatile(".arch_extension lse; ldadd %0, %0, [%1]" :: "r"(1UL), "r"(device + 8) : "memory");
    line("atomic", try_load(device + 8));
    text("zeroing\n");
    __asm__ volatile("dc zva, %0" :: "r"(device + 64) : "memory");
    __asm__ volatile("dc zva, %0" :: "r"(device + 72) : "memory");
    *(volatile u64 *)(normal + 64) = 1;
    __asm__ volatile("dc zva, %0" :: "r"(normal + 72) : "memory");
    line("normal", try_load(normal + 64));
    text("across\n");
    try_load(device - 4);
    try_store(device - 4, 0);
    set(1, NORMAL);
    line("normal again", try_load(device + 5));

    text("SP\n");
    with_sp(8, "ldr x0, [sp]; ldrb w0, [sp, #1]");
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 8);
    barrier();
    with_sp(0, "ldr x0, [sp, #8]; str x0, [sp, #-16]!; ldp x0, x1, [sp], #16; prfm pldl1keep, [sp]");
    with_sp(8, "ldr x0, [sp]; str x0, [sp, #-16]!; ldp x0, x1, [sp], #16; ldrb w0, [sp, #1]; ldxr x0, [sp]; add x0, sp, #0; prfm pldl1keep, [sp]");
    enter_user(user_code, (void *)(normal + 0x808), 0);
    *page_of(normal) |= AP_USER;
    flush_page(normal);
    text("SP at EL0\n");
    enter_user(user_code, (void *)(normal + 0x808), 0);
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 16);
    barrier();
    enter_user(user_code, (void *)(normal + 0x808), 0);
    enter_user(user_code, (void *)(normal + 0x810), 0);

    text("mmu off\n");
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~1UL);
    barrier();
    try_load(normal + 1);
    try_store(normal + 4, 0);
    __asm__ volatile("dc zva, %0" :: "r"(normal + 64) : "memory");
    line("aligned", try_load(device + 8));
    return 0;
}
