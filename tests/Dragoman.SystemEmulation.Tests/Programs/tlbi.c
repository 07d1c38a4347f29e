// A page that the others store to is mapped elsewhere. After the DSB behind the broadcast TLBI nobody stores to where it was.
#include "bare.h"

#ifndef CPUS
#define CPUS 4
#endif
#ifndef ROUNDS
#define ROUNDS 100
#endif

static volatile u64 window[0x10000 / 8] ALIGNED(0x10000), places[2][0x10000 / 8] ALIGNED(0x10000);
static volatile u64 stop, started;

EXPECTS_NO_EXCEPTION

static void add(volatile u64 *p, u64 n) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(n), "r"(p) : "memory"); }

void secondary(u64 cpu, u64 argument)
{
    u64 n = 0;
    mmu_on(0);
    add(&started, 1);
    while (!stop) {
        for (int i = 0; i < 100; i++) window[cpu * 8] = ++n;
        add(&window[cpu * 8 + 1], 1);
        n++;
    }
    add(&started, -1);
    hvc_call(0x84000002, 0, 0, 0);
}

extern char _start[];

u64 main(void)
{
    u64 lost = 0;
    build_tables();
    *page_of((u64)window) = (u64)places[0] | NORMAL | UXN | 3;
    mmu_on(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    while (started != CPUS - 1) __asm__ volatile("yield");
    for (u64 i = 1; i <= ROUNDS; i++) {
        volatile u64 *left = places[~i & 1];
        u64 was[2 * CPUS];
        *page_of((u64)window) = (u64)places[i & 1] | NORMAL | UXN | 3;
        flush_page((u64)window);
        for (u64 j = 0; j < 2 * CPUS; j++) was[j] = left[j / 2 * 8 + j % 2];
        for (int wait = 0; wait < 300; wait++)
            for (u64 j = 0; j < 2 * CPUS; j++) if (was[j] != left[j / 2 * 8 + j % 2]) { lost++; was[j] = left[j / 2 * 8 + j % 2]; }

        // One of the others is seen to have come here, each in its turn: it was storing when the next flush came.
        volatile u64 *one = &places[i & 1][(1 + i % (CPUS - 1)) * 8];
        for (u64 was = *one; *one == was; ) __asm__ volatile("yield");
    }
    stop = 1;
    while (started) __asm__ volatile("yield");
    line("lost", lost);
    line("rounds", ROUNDS);
    return lost != 0;
}
