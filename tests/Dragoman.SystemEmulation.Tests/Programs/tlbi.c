// Pages that the others store to are mapped elsewhere, sometimes several under one DSB. After the DSB behind the broadcast TLBIs nobody stores to where they were.
#include "bare.h"

#ifndef CPUS
#define CPUS 4
#endif
#ifndef ROUNDS
#define ROUNDS 100
#endif

static volatile u64 window[0x10000 / 8] ALIGNED(0x10000), places[2][0x10000 / 8] ALIGNED(0x10000);
static volatile u64 stop, started;

// Where in the window, or where it leads, a cpu stores: in one of its first two pages.
#define PLACE(cpu) ((cpu) % 2 * PAGE / 8 + (cpu) * 8)

EXPECTS_NO_EXCEPTION

static void add(volatile u64 *p, u64 n) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(n), "r"(p) : "memory"); }

void secondary(u64 cpu, u64 argument)
{
    u64 n = 0;
    mmu_on(0);
    add(&started, 1);
    while (!stop) {
        for (int i = 0; i < 100; i++) window[PLACE(cpu)] = ++n;
        add(&window[PLACE(cpu) + 1], 1);
        n++;
    }
    add(&started, -1);
    hvc_call(0x84000002, 0, 0, 0);
}

// The window leads to a place: pages are flushed one by one, or all before they are waited for.
static void lead_to(volatile u64 *place, u64 each)
{
    for (u64 page = 0; page < 2; page++) {
        u64 address = (u64)window + page * PAGE;
        *page_of(address) = (u64)place + page * PAGE | NORMAL | UXN | 3;
        if (each) flush_page(address);
    }
    if (!each)
        __asm__ volatile("dsb ishst; tlbi vaae1is, %0; tlbi vaae1is, %1; dsb ish; isb" :: "r"((u64)window >> 12), "r"(((u64)window + PAGE) >> 12) : "memory");
}

extern char _start[];

u64 main(void)
{
    u64 lost = 0;
    build_tables();
    mmu_on(0);
    lead_to(places[0], 1);
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    while (started != CPUS - 1) __asm__ volatile("yield");
    for (u64 i = 1; i <= ROUNDS; i++) {
        volatile u64 *left = places[~i & 1];
        u64 was[2 * CPUS];
        lead_to(places[i & 1], i >> 1 & 1);
        for (u64 j = 0; j < 2 * CPUS; j++) was[j] = left[PLACE(j / 2) + j % 2];
        for (int wait = 0; wait < 300; wait++)
            for (u64 j = 0; j < 2 * CPUS; j++) if (was[j] != left[PLACE(j / 2) + j % 2]) { lost++; was[j] = left[PLACE(j / 2) + j % 2]; }

        // One of the others is seen to have come here, each in its turn: it was storing when the next flush came.
        volatile u64 *one = &places[i & 1][PLACE(1 + i % (CPUS - 1))];
        for (u64 was = *one; *one == was; ) __asm__ volatile("yield");
    }
    stop = 1;
    while (started) __asm__ volatile("yield");
    line("lost", lost);
    line("rounds", ROUNDS);
    return lost != 0;
}
