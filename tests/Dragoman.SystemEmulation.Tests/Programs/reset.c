// Resets the machine twice; RAM outside the image keeps its content, the image and the devices do not.
#include "bare.h"
#include "gic.h"

static volatile u64 changed = 1;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far) { quit(1); }

void secondary(u64 cpu, u64 argument)
{
    while (1) __asm__ volatile("yield");
}

extern char _start[];

u64 main(void)
{
    volatile u64 *count = (volatile u64 *)0x44000000;
    ++*count;
    line("boot", *count);
    line("data", changed);
    line("distributor", word(GICD) & 1);
    line("CPU 1", hvc_call(0xc4000004, 1, 0, 0));
    changed = 2;
    word(GICD) = 1;
    line("on", hvc_call(0xc4000003, 1, (u64)_start, 0));
    if (*count < 3) hvc_call(0x84000009, 0, 0, 0);
    return 9;
}
