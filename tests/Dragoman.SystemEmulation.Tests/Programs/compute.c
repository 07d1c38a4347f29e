// Work that needs memory, split between cpus: sieves of the primes below a bound, many times, and a sum over all of them.
#include "bare.h"

#ifndef CPUS
#define CPUS 1
#endif
#ifndef ROUNDS
#define ROUNDS 24
#endif
#define BOUND 300000

static unsigned char composite[CPUS][BOUND];
static u64 sums[CPUS * 8] ALIGNED(64);
static volatile u64 finished;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    line("unexpected", esr);
    quit(1);
}

static void sieve(u64 cpu)
{
    unsigned char *marks = composite[cpu];
    for (u64 round = cpu; round < ROUNDS; round += CPUS) {
        u64 sum = 0;
        for (u64 i = 0; i < BOUND; i++) ((volatile unsigned char *)marks)[i] = 0;
        for (u64 i = 2; i * i < BOUND; i++)
            if (!marks[i])
                for (u64 j = i * i; j < BOUND; j += i) marks[j] = 1;
        for (u64 i = 2; i < BOUND; i++)
            if (!marks[i]) sum = sum * 31 + (i ^ round);
        sums[cpu * 8] += sum;
    }
    __asm__ volatile(".arch_extension lse; ldaddal %0, xzr, [%1]" :: "r"(1UL), "r"(&finished) : "memory");
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    sieve(cpu);
}

extern char _start[];

u64 main(void)
{
    u64 sum = 0;
    build_tables();
    mmu_on(0);
    u64 start = 0;
#ifdef TIMED
    start = nanoseconds();
#endif
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    sieve(0);
    while (finished != CPUS) __asm__ volatile("yield");
    for (u64 cpu = 0; cpu < CPUS; cpu++) sum += sums[cpu * 8];
    line("sum", sum);
#ifdef TIMED
    line("ns", nanoseconds() - start);
#endif
    return 0;
}
