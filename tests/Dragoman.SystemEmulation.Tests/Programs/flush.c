// What a broadcast page flush costs while all other cpus compute: nanoseconds of TLBIs VAAE1IS, one or several, with their DSB and ISB.
#include "bare.h"

#ifndef CPUS
#define CPUS 4
#endif
#ifndef FLUSHES
#define FLUSHES 1000
#endif

#ifndef PAGES
#define PAGES 1
#endif

static volatile u64 started, counts[CPUS * 8] ALIGNED(64);
static u64 data[CPUS][0x10000 / 8] ALIGNED(0x10000);

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    line("unexpected", esr);
    quit(1);
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(1UL), "r"(&started) : "memory");
    for (u64 x = 1; ; counts[cpu * 8]++)
        for (u64 i = 0; i < 512; i++) {
            x = x * 6364136223846793005 + 1442695040888963407;
            ((volatile u64 *)data[cpu])[i] += x >> 33;
        }
}

extern char _start[];

// All others have been executing since the last time.
static void wait_for_others(u64 *before)
{
    for (u64 cpu = 1; cpu < CPUS; cpu++) {
        while (counts[cpu * 8] == before[cpu]) __asm__ volatile("yield");
        before[cpu] = counts[cpu * 8];
    }
}

u64 main(void)
{
    u64 before[CPUS] = {}, sum = 0;
    build_tables();
    mmu_on(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    while (started != CPUS - 1) __asm__ volatile("yield");
    for (int i = -FLUSHES / 10; i < FLUSHES; i++) {
        wait_for_others(before);
        u64 start = nanoseconds();
        __asm__ volatile("dsb ishst" ::: "memory");
        for (u64 page = 0; page < PAGES; page++) __asm__ volatile("tlbi vaae1is, %0" :: "r"(((u64)data[0] + page * PAGE) >> 12) : "memory");
        barrier();
        if (i >= 0) sum += nanoseconds() - start;
    }
    line("ns", sum / FLUSHES);
    return 0;
}
