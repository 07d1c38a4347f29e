// A-B-A: between a load-exclusive and its store-exclusive cpu 1 writes B and then A again, in every way there is. The store must fail each time. Where it writes nothing there, most succeed.
#include "bare.h"

#ifndef ROUNDS
#define ROUNDS 300
#endif
#define A 0x1122334455667788UL

static u64 page[0x10000 / 8] ALIGNED(0x10000), window[0x10000 / 8] ALIGNED(0x10000);
static volatile u64 turn ALIGNED(0x1000), done ALIGNED(0x1000);
static u64 way_now;

EXPECTS_NO_EXCEPTION

static u64 swap(u64 *p, u64 x) { u64 old; __asm__ volatile(".arch_extension lse; swpal %1, %0, [%2]" : "=r"(old) : "r"(x), "r"(p) : "memory"); return old; }
static void cas(u64 *p, u64 old, u64 x) { __asm__ volatile(".arch_extension lse; casal %0, %1, [%2]" : "+r"(old) : "r"(x), "r"(p) : "memory"); }

static void store_exclusive(u64 *p, u64 x)
{
    u64 seen;
    u32 failed;
    do
        __asm__ volatile("ldxr %0, [%2]; stxr %w1, %3, [%2]" : "=&r"(seen), "=&r"(failed) : "r"(p), "r"(x) : "memory");
    while (failed);
}

static void write(u64 way, u64 *p)
{
    volatile u64 *v = p;
    volatile unsigned char *bytes = (volatile unsigned char *)p;
    switch (way) {
    case 0: v[0] = ~A; v[0] = A; break;
    case 1: window[p - page] = ~A; __asm__ volatile("" ::: "memory"); window[p - page] = A; break;
    case 2: swap(p, ~A); swap(p, A); break;
    case 3: cas(p, A, ~A); cas(p, ~A, A); break;
    case 4: store_exclusive(p, ~A); store_exclusive(p, A); break;
    case 5: bytes[7] = 0; bytes[7] = A >> 56; break;
    case 6: __asm__ volatile("stp %1, %1, [%0, #-8]; stp xzr, %2, [%0, #-8]" :: "r"(p), "r"(~A), "r"(A) : "memory"); break;
    case 7: __asm__ volatile("dc zva, %0" :: "r"(p) : "memory"); v[0] = A; break;
#ifndef NO_DMA
    case 8: *(volatile u64 *)0x0a001000 = (u64)p; break;
#endif
    case 10: v[64] = ~A; v[64] = A; break;
    }
}

void secondary(u64 cpu, u64 argument)
{
    mmu_on(0);
    for (u64 seen = 0; ; ) {
        u64 now = turn;
        if (now == seen) { __asm__ volatile("yield"); continue; }
        __asm__ volatile("dmb ish" ::: "memory");
        write(way_now, page + 8);
        __asm__ volatile("dmb ish" ::: "memory");
        done = seen = now;
    }
}

// The other cpu acts where it can see that the load is done, and is waited for.
static u64 try(u64 *p, u64 round)
{
    u64 x, t;
    u32 failed;
    __asm__ volatile("ldaxr %0, [%3]; str %4, [%5]; 1: yield; ldr %1, [%6]; cmp %1, %4; b.ne 1b; stlxr %w2, %0, [%3]"
        : "=&r"(x), "=&r"(t), "=&r"(failed) : "r"(p), "r"(round), "r"(&turn), "r"(&done) : "memory", "cc");
    return !failed;
}

extern char _start[];

u64 main(void)
{
    static const char *names[] = { "stores", "alias", "swp", "cas", "exclusives", "bytes", "pairs", "dc zva", "dma", "nothing", "beside" };
    u64 round = 0, wrong = 0;
    build_tables();
    *page_of((u64)window) = (u64)page | NORMAL | UXN | 3;
    mmu_on(0);
    line("CPU_ON", hvc_call(0xc4000003, 1, (u64)_start, 0));
    for (u64 way = 0; way < 11; way++) {
#ifdef NO_DMA
        if (way == 8) continue;
#endif
        u64 stored = 0;
        page[8] = A;
        way_now = way;
        for (int i = 0; i < ROUNDS; i++) stored += try(page + 8, ++round);
        line(names[way], way < 9 ? stored : stored > ROUNDS / 2);
        wrong += way < 9 ? stored : stored <= ROUNDS / 2;
    }
    return wrong != 0;
}
