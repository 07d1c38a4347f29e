// Cpus that are switched on, remap and flush their own page and look through everybody's, and switch themselves off, over and over.
#include "bare.h"

#ifndef CPUS
#define CPUS 4
#endif
#ifndef STARTS
#define STARTS 200
#endif
#define FLUSHES 20

static u64 starts ALIGNED(64), wrong ALIGNED(64), flushes ALIGNED(64);
static u64 features;
static u64 windows[CPUS][0x10000 / 8] ALIGNED(0x10000), targets[2 * CPUS][0x10000 / 8] ALIGNED(0x10000);

static volatile u64 begun[CPUS];

EXPECTS_NO_EXCEPTION

static void add(u64 *p, u64 n) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(n), "r"(p) : "memory"); }

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    begun[cpu]++;
    if (read_sys(id_aa64pfr0_el1) != features) add(&wrong, 1);
    if (argument != cpu + 100) add(&wrong, 1);
    for (u64 i = 0; i < FLUSHES; i++) {
        u64 *target = targets[2 * cpu + (i & 1)];
        *page_of((u64)windows[cpu]) = (u64)target | NORMAL | UXN | 3;
        flush_page((u64)windows[cpu]);
        if (*(volatile u64 *)windows[cpu] != 2 * cpu + (i & 1)) add(&wrong, 1);
        for (u64 other = 1; other < CPUS; other++)
            if (*(volatile u64 *)windows[other] >> 1 != other) add(&wrong, 1);
        add(&flushes, 1);
    }
    add(&starts, 1);
    hvc_call(0x84000002, 0, 0, 0);      // CPU_OFF
    text("still there\n");
}

extern char _start[];

u64 main(void)
{
    u64 count = 0, asked[CPUS] = {};
    features = read_sys(id_aa64pfr0_el1);
    build_tables();
    for (u64 i = 0; i < 2 * CPUS; i++) targets[i][0] = i;
    for (u64 i = 0; i < CPUS; i++) *page_of((u64)windows[i]) = (u64)targets[2 * i] | NORMAL | UXN | 3;
    mmu_on(0);
    while (count < STARTS)
        for (u64 cpu = 1; cpu < CPUS && count < STARTS; cpu++)
            // CPU_ON of a cpu that has been asked to start and has not begun is a success in QEMU, and one start in all.
            if (begun[cpu] == asked[cpu] && hvc_call(0xc4000004, cpu, 0, 0) == 1) {         // AFFINITY_INFO: off
                if (hvc_call(0xc4000003, cpu, (u64)_start, cpu + 100) == 0) { count++; asked[cpu]++; }
            } else
                __asm__ volatile("yield");
    while (*(volatile u64 *)&starts != STARTS) __asm__ volatile("yield");
    line("starts", starts);
    line("flushes", flushes);
    line("wrong", wrong);
    return wrong != 0;
}
