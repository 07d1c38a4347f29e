// Four vCPUs pass an SGI in a ring: each lap every one takes it once.
#include "bare.h"
#include "gic.h"

#define CPUS 4
#define LAPS 500

static volatile u64 taken_by[CPUS], ready, wrong, done;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 cpu = this_cpu(), taken = gic_take();
    u64 id = taken & 0x3ff, from = (cpu + CPUS - 1) % CPUS;
    if (id != 5 || (GIC == 2 && taken >> 10 != from)) {
        wrong = taken + 1;
        return;
    }
    u64 count = ++taken_by[cpu];
    gic_end(taken);
    if (cpu != 0 || count < LAPS) gic_send((cpu + 1) % CPUS, 5);
    else done = 1;
}

static void wait(void)
{
    gic_start_cpu();
    gic_enable(5);
    __asm__ volatile(".arch_extension lse; ldaddal %0, xzr, [%1]" :: "r"(1UL), "r"(&ready) : "memory");
    unmask();
}

void secondary(u64 cpu, u64 argument)
{
    wait();
    while (1) __asm__ volatile("wfi");
}

extern char _start[];

u64 main(void)
{
    gic_start();
    for (u64 cpu = 1; cpu < CPUS; cpu++)
        line("on", hvc_call(0xc4000003, cpu, (u64)_start, 0));
    wait();
    while (ready != CPUS) __asm__ volatile("yield");
    gic_send(1, 5);
    while (!done && !wrong) __asm__ volatile("yield");
    for (u64 cpu = 0; cpu < CPUS; cpu++)
        line("taken", taken_by[cpu]);
    line("wrong", wrong);
    return 0;
}
