// Several cpus: exclusives, LSE atomics, a lock, pages that are remapped under others' feet, and code that one changes and all run.
#include "bare.h"

#ifndef CPUS
#define CPUS 2
#endif
#ifndef ROUNDS
#define ROUNDS 20000
#endif

static u64 exclusive_count ALIGNED(64), lse_count ALIGNED(64), locked_count ALIGNED(64);
static u32 lock ALIGNED(64);
static volatile u64 started ALIGNED(64), finished, generation, wrong, acknowledged[8];
static u64 window[0x10000 / 8] ALIGNED(0x10000), first[0x10000 / 8] ALIGNED(0x10000), second[0x10000 / 8] ALIGNED(0x10000);
static u32 code[0x10000 / 4] ALIGNED(0x10000);

EXPECTS_NO_EXCEPTION

static void add_exclusive(u64 *p)
{
    u64 x;
    u32 failed;
    do
        __asm__ volatile("ldxr %0, [%2]; add %0, %0, #1; stxr %w1, %0, [%2]" : "=&r"(x), "=&r"(failed) : "r"(p) : "memory");
    while (failed);
}

static void add_lse(u64 *p) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(1UL), "r"(p) : "memory"); }

static void take(u32 *p)
{
    u32 seen, failed;
    __asm__ volatile("1: ldaxr %w0, [%2]; cbnz %w0, 1b; stxr %w1, %w3, [%2]; cbnz %w1, 1b" : "=&r"(seen), "=&r"(failed) : "r"(p), "r"(1) : "memory");
}

static void release(u32 *p) { __asm__ volatile("stlr wzr, [%0]" :: "r"(p) : "memory"); }

static void work(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        add_exclusive(&exclusive_count);
        add_lse(&lse_count);
        take(&lock);
        *(volatile u64 *)&locked_count = locked_count + 1;
        release(&lock);
    }
}

static u32 movz(u64 value) { return 0xd2800000 | (u32)value << 5; }

// Every generation maps the window to the other page, and makes the code return another number. A cpu that has seen the generation must see both.
static void watch(u64 cpu)
{
    for (u64 seen = 0; seen < 200; ) {
        u64 now = generation;
        if (now == seen) { __asm__ volatile("yield"); continue; }
        __asm__ volatile("dsb ish; isb" ::: "memory");
        if (*(volatile u64 *)window != (now & 1 ? 2 : 1)) add_lse((u64 *)&wrong);
        if (((u64 (*)(void))code)() != now) add_lse((u64 *)&wrong);
        seen = now;
        acknowledged[cpu] = now;
    }
}

static void lead(void)
{
    for (u64 next = 1; next <= 200; next++) {
        *page_of((u64)window) = (next & 1 ? (u64)second : (u64)first) | NORMAL | UXN | 3;
        flush_page((u64)window);
        code[0] = movz(next);
        code[1] = 0xd65f03c0;
        __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" :: "r"(code) : "memory");
        __asm__ volatile("dmb ish" ::: "memory");
        generation = next;
        for (u64 cpu = 1; cpu < CPUS; cpu++)
            while (acknowledged[cpu] != next) __asm__ volatile("yield");
        if (*(volatile u64 *)window != (next & 1 ? 2 : 1)) add_lse((u64 *)&wrong);
    }
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    if (argument != cpu * 3) quit(2);
    add_lse((u64 *)&started);
    while (started != CPUS) __asm__ volatile("yield");
    work();
    add_lse((u64 *)&finished);
    watch(cpu);
    add_lse((u64 *)&finished);
    hvc_call(0x84000002, 0, 0, 0);      // CPU_OFF
    text("still there\n");
}

extern char _start[];

u64 main(void)
{
    build_tables();
    first[0] = 1;
    second[0] = 2;
    mmu_on(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++)
        line("CPU_ON", hvc_call(0xc4000003, cpu, (u64)_start, cpu * 3));
    add_lse((u64 *)&started);
    while (started != CPUS) __asm__ volatile("yield");
    line("again", CPUS > 1 ? hvc_call(0xc4000003, 1, (u64)_start, 0) & 0xf : 0xc);
    work();
    add_lse((u64 *)&finished);
    while (finished != CPUS) __asm__ volatile("yield");
    line("exclusive", exclusive_count);
    line("lse", lse_count);
    line("locked", locked_count);
    lead();
    while (finished != 2 * CPUS - 1) __asm__ volatile("yield");
    line("wrong", wrong);
    return wrong != 0;
}
