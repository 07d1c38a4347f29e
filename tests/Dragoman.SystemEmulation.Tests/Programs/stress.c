// Every cpu, over and over: exclusives with and without something between, LSE atomics and a lock on shared lines, its own page remapped and flushed everywhere, its own code rewritten, everybody's
// pages and code looked at, interrupts to the first cpu; between, it is switched off and on again. Each count is known.
#include "bare.h"

#ifndef CPUS
#define CPUS 4
#endif
#ifndef STARTS
#define STARTS 10
#endif
#ifndef ROUNDS
#define ROUNDS 50
#endif

static u64 plain ALIGNED(64), apart, lse, cas, locked ALIGNED(64), wrong ALIGNED(64), ended[CPUS * 8] ALIGNED(64), taken[CPUS * 8] ALIGNED(64);
static u32 lock ALIGNED(64);
static u64 windows[CPUS][PAGE / 8] ALIGNED(PAGE), targets[2 * CPUS][PAGE / 8] ALIGNED(PAGE);
static u32 code[CPUS][PAGE / 4] ALIGNED(PAGE);

#define LINE(cpu) (*(volatile u32 *)(0x0a000000 + 4 * (cpu)))

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 cpu = read_sys(mpidr_el1) & 0xff;
    if (vector == 5) {
        LINE(cpu) = 0;
        __asm__ volatile("dmb ish" ::: "memory");
        ((volatile u64 *)taken)[cpu * 8]++;
        return;
    }
    text("unexpected\n");
    line("cpu", cpu);
    line("esr", esr);
    line("far", far);
    line("elr", frame->elr);
    quit(1);
}

static void add(u64 *p, u64 n) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(n), "r"(p) : "memory"); }

static void add_exclusive(u64 *p)
{
    u64 x;
    u32 failed;
    do
        __asm__ volatile("ldxr %0, [%2]; add %0, %0, #1; stxr %w1, %0, [%2]" : "=&r"(x), "=&r"(failed) : "r"(p) : "memory");
    while (failed);
}

// A load between.
static void add_apart(u64 *p, u64 *other)
{
    u64 x, y;
    u32 failed;
    do
        __asm__ volatile("ldxr %0, [%3]; ldr %1, [%4]; add %0, %0, #1; stxr %w2, %0, [%3]" : "=&r"(x), "=&r"(y), "=&r"(failed) : "r"(p), "r"(other) : "memory");
    while (failed);
}

static void add_cas(u64 *p)
{
    u64 seen = *(volatile u64 *)p, old;
    while (1) {
        old = seen;
        __asm__ volatile(".arch_extension lse; casal %0, %1, [%2]" : "+r"(seen) : "r"(old + 1), "r"(p) : "memory");
        if (seen == old) return;
    }
}

static void take(u32 *p)
{
    u32 seen, failed;
    __asm__ volatile("1: ldaxr %w0, [%2]; cbnz %w0, 1b; stxr %w1, %w3, [%2]; cbnz %w1, 1b" : "=&r"(seen), "=&r"(failed) : "r"(p), "r"(1) : "memory");
}

static void release(u32 *p) { __asm__ volatile("stlr wzr, [%0]" :: "r"(p) : "memory"); }

// movz x0, #n; ret: n has the cpu's number above 8 bits that change.
static void rewrite(u64 cpu, u64 n)
{
    ((volatile u32 *)code[cpu])[0] = 0xd2800000 | (u32)(cpu << 8 | (n & 0xff)) << 5;
    ((volatile u32 *)code[cpu])[1] = 0xd65f03c0;
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" :: "r"(code[cpu]) : "memory");
}

static u64 call(u64 cpu) { return ((u64 (*)(void))code[cpu])(); }

static void work(u64 cpu)
{
    for (u64 i = 0; i < ROUNDS; i++) {
        u64 next = (cpu + 1) % CPUS;
        add_exclusive(&plain);
        add_apart(&apart, &lse);
        add(&lse, 1);
        add_cas(&cas);
        take(&lock);
        *(volatile u64 *)&locked = locked + 1;
        release(&lock);

        *page_of((u64)windows[cpu]) = (u64)targets[2 * cpu + (i & 1)] | NORMAL | UXN | 3;
        flush_page((u64)windows[cpu]);
        if (*(volatile u64 *)windows[cpu] != 2 * cpu + (i & 1)) add(&wrong, 1);
        rewrite(cpu, i);
        if (call(cpu) != (cpu << 8 | (i & 0xff))) add(&wrong, 1);
        for (u64 other = 0; other < CPUS; other++) {
            if (*(volatile u64 *)windows[other] >> 1 != other) add(&wrong, 1);
            if (call(other) >> 8 != other) add(&wrong, 1);
        }

        // The last cpu interrupts the first, and waits: one that is lost is waited for for ever.
        if (cpu != 0 && cpu == CPUS - 1) {
            u64 before = ((volatile u64 *)taken)[0];
            LINE(0) = 1;
            while (((volatile u64 *)taken)[0] == before) __asm__ volatile("yield");
        }
    }
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    if (argument != cpu + 100) add(&wrong, 1);
    __asm__ volatile("msr daifclr, #2");
    work(cpu);
    __asm__ volatile("msr daifset, #2");
    add(&ended[cpu * 8], 1);
    hvc_call(0x84000002, 0, 0, 0);      // CPU_OFF
    text("still there\n");
}

extern char _start[];

u64 main(void)
{
    static u64 asked[CPUS];
    u64 left = (CPUS - 1) * STARTS;
    build_tables();
    for (u64 i = 0; i < 2 * CPUS; i++) targets[i][0] = i;
    for (u64 i = 0; i < CPUS; i++) *page_of((u64)windows[i]) = (u64)targets[2 * i] | NORMAL | UXN | 3;
    mmu_on(0);
    for (u64 i = 0; i < CPUS; i++) rewrite(i, 0);
    __asm__ volatile("msr daifclr, #2");
    while (left)
        for (u64 cpu = 1; cpu < CPUS; cpu++) {
            if (asked[cpu] < STARTS && asked[cpu] == ((volatile u64 *)ended)[cpu * 8] && hvc_call(0xc4000004, cpu, 0, 0) == 1
                && hvc_call(0xc4000003, cpu, (u64)_start, cpu + 100) == 0) { asked[cpu]++; left--; }
            __asm__ volatile("yield");
        }
    work(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++)
        while (((volatile u64 *)ended)[cpu * 8] != STARTS) __asm__ volatile("yield");
    line("exclusive", plain);
    line("apart", apart);
    line("lse", lse);
    line("cas", cas);
    line("locked", locked);
    line("interrupts", taken[0]);
    line("wrong", wrong);
    return wrong != 0;
}
