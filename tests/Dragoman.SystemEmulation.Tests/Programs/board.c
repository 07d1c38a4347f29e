// What a program finds on virt: UART and clock, fw_cfg, virtio's places, PSCI.
#include "bare.h"
#include "gic.h"

static volatile u64 seen;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    line("unexpected", esr);
    line("at", far);
    quit(1);
}

void secondary(u64 cpu, u64 argument)
{
    seen = argument;
    hvc_call(0x84000002, 0, 0, 0);
}

extern char _start[];

u64 main(void)
{
    text("hello\n");
    line("current EL", read_sys(currentel));
    line("UART", word(0x09000fe0) | word(0x09000fe4) << 8);
    line("clock runs", word(0x09010000) > 1600000000);
    *(volatile unsigned short *)0x09020008 = 0;
    line("fw_cfg", wide(0x09020000));
    *(volatile unsigned short *)0x09020008 = 0x0500;
    line("fw_cfg CPUs", *(volatile unsigned short *)0x09020000);
    u64 places = 0;
    for (u64 i = 0; i < 32; i++)
        places += word(0x0a000000 + i * 0x200) == 0x74726976;
    line("virtio places", places);
    line("frequency", read_sys(cntfrq_el0));
    line("PSCI", hvc_call(0x84000000, 0, 0, 0));
    line("has CPU_ON", hvc_call(0x8400000a, 0xc4000003, 0, 0));
    line("has nothing", hvc_call(0x8400000a, 0x8400001f, 0, 0));
    line("CPU 0", hvc_call(0xc4000004, 0, 0, 0));
    line("CPU 1", hvc_call(0xc4000004, 1, 0, 0));
    line("CPU 77", hvc_call(0xc4000004, 77, 0, 0));
    line("on 77", hvc_call(0xc4000003, 77, (u64)_start, 0));
    line("on 0", hvc_call(0xc4000003, 0, (u64)_start, 0));
    for (u64 i = 0; i < 3; i++) {
        line("on 1", hvc_call(0xc4000003, 1, (u64)_start, 0xabc0 + i));
        while (seen != 0xabc0 + i) ;
        while (hvc_call(0xc4000004, 1, 0, 0) != 1) ;
    }
    text("bye\n");
    hvc_call(0x84000008, 0, 0, 0);
    text("still there\n");
}
