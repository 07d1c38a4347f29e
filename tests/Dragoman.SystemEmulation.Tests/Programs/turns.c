// A cpu that takes many exceptions beside others that never stop: when vCPUs run in turns, an exception must not end one.
#include "bare.h"

#define CPUS 3
#ifndef CALLS
#define CALLS 5000
#endif

static volatile u64 spinning ALIGNED(64);
static u64 calls;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    if (esr >> 26 == 0x15) { calls++; return; }
    line("unexpected", esr);
    quit(1);
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(1UL), "r"(&spinning) : "memory");
    while (1) ;
}

extern char _start[];

u64 main(void)
{
    build_tables();
    mmu_on(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    while (spinning != CPUS - 1) ;
    for (int i = 0; i < CALLS; i++) __asm__ volatile("svc #0" ::: "memory");
    line("calls", calls);
    return 0;
}
