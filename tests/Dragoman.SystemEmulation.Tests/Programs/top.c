// Code and data on the last page of the address space.
#include "bare.h"

EXPECTS_NO_EXCEPTION

void secondary(u64 cpu, u64 argument) { }

static u64 below[ENTRIES] ALIGNED(PAGE), lowest[ENTRIES] ALIGNED(PAGE);
static u32 code[PAGE / 4] ALIGNED(PAGE);

u64 main(void)
{
    u64 top = -PAGE;
    build_tables();
    high1[ENTRIES - 1] = (u64)below | 3;
    below[ENTRIES - 1] = (u64)lowest | 3;
    lowest[ENTRIES - 1] = (u64)code | NORMAL | UXN | 3;
    for (u64 i = 0; i < PAGE / 4 - 1; i++) code[i] = 0x91000400;    // add x0, x0, #1
    code[PAGE / 4 - 1] = 0xd65f03c0;                                // ret
    mmu_on(0);
    __asm__ volatile("ic iallu; dsb sy; isb");
    line("word", *(volatile u32 *)(top + PAGE - 4));
    for (int i = 0; i < 100; i++)
        if (((u64 (*)(u64))(top + PAGE - 4 * (i % 40 + 1)))(0) != i % 40) line("wrong", i);
    line("whole", ((u64 (*)(u64))top)(0));
    return 0;
}
