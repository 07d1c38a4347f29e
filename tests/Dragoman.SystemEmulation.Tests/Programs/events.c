// WFE, SEV and SEVL: what ends a wait for an event, and how often a cpu that waits looks again meanwhile. Where WFE did nothing it would do so very many times.
#include "bare.h"

#define CPUS 3
#define ROUNDS 300

static volatile u64 started ALIGNED(64), go ALIGNED(64), finished ALIGNED(64);
static u32 lock ALIGNED(64);
static volatile u64 locked_count ALIGNED(64);

static u64 syscalls;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    if (esr >> 26 == 0x15) { syscalls++; return; }
    line("unexpected", esr);
    quit(1);
}

#define wfe() __asm__ volatile("wfe" ::: "memory")
#define sev() __asm__ volatile("dsb ish; sev" ::: "memory")
#define clear_event() __asm__ volatile("sevl; wfe" ::: "memory")

static void add(volatile u64 *p) { __asm__ volatile(".arch_extension lse; ldadd %0, xzr, [%1]" :: "r"(1UL), "r"(p) : "memory"); }

// As Linux waits: the load-exclusive has the global monitor watch the lock, and the store that frees it is the event.
static u64 take(u32 *p)
{
    u32 seen, failed;
    u64 waits = 0;
    __asm__ volatile("sevl\n"
        "1: wfe; add %2, %2, #1\n"
        "2: ldaxr %w0, [%3]; cbnz %w0, 1b; stxr %w1, %w4, [%3]; cbnz %w1, 2b" : "=&r"(seen), "=&r"(failed), "+r"(waits) : "r"(p), "r"(1) : "memory");
    return waits;
}

static void release(u32 *p) { __asm__ volatile("stlr wzr, [%0]" :: "r"(p) : "memory"); }

static void wait(u64 ns) { for (u64 start = nanoseconds(); nanoseconds() - start < ns; ) ; }

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    add(&started);
    u64 waits = 0;
    if (cpu == 1) {
        for (; go < 1; waits++) wfe();
        line("by SEV", waits < 100);
        add(&started);
        waits = take(&lock);
        line("by the monitor", waits < 100);
        release(&lock);
    }
    while (go < 2) wfe();
    for (int i = 0; i < ROUNDS; i++) {
        take(&lock);
        locked_count = locked_count + 1;
        release(&lock);
    }
    add(&finished);
    sev();
}

extern char _start[];

u64 main(void)
{
    build_tables();
    mmu_on(0);
    for (u64 cpu = 1; cpu < CPUS; cpu++) hvc_call(0xc4000003, cpu, (u64)_start, 0);
    while (started != CPUS - 1) __asm__ volatile("yield");
    wait(50000000);
    take(&lock);
    go = 1;
    sev();
    while (started != CPUS) __asm__ volatile("yield");
    wait(50000000);
    release(&lock);
    wait(20000000);
    go = 2;
    sev();
    for (int i = 0; i < ROUNDS; i++) {
        take(&lock);
        locked_count = locked_count + 1;
        release(&lock);
    }
    while (finished != CPUS - 1) wfe();
    line("locked", locked_count);

    // An exception return is an event (AArch64.ExceptionReturn); otherwise a wait that nothing ends lasts long. The shortest of many is not disturbed.
    u64 after_return = -1UL, without = -1UL;
    for (int i = 0; i < 20; i++) {
        clear_event();
        __asm__ volatile("svc #0" ::: "memory");
        u64 start = nanoseconds();
        wfe();
        u64 time = nanoseconds() - start;
        if (time < after_return) after_return = time;
        clear_event();
        start = nanoseconds();
        wfe();
        time = nanoseconds() - start;
        if (time < without) without = time;
    }
    line("returns", syscalls);
    line("an exception return ends it", after_return < 5000000);
    line("nothing ends it", without > 5000000);

    // The event stream: bit 15 of the counter rises every 2^16 counts, a millisecond.
    write_sys(cntkctl_el1, 15 << 4 | 4);
    u64 waits = 0, period = 65536UL * 1000 / (read_sys(cntfrq_el0) / 1000000), start = nanoseconds();
    clear_event();
    while (nanoseconds() - start < 50 * period) { wfe(); waits++; }
    line("by the timer", waits > 5 && waits <= 53);
    return 0;
}
