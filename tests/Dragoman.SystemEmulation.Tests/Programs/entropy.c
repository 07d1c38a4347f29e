// Asks the virtio entropy device for bytes.
#include "bare.h"
#include "gic.h"

struct descriptor { u64 address; u32 length; unsigned short flags, next; };
static struct descriptor table[8] ALIGNED(16);
static volatile struct { unsigned short flags, index, ring[8]; } available ALIGNED(16);
static volatile struct { unsigned short flags, index; struct { u32 id, length; } ring[8]; } used ALIGNED(16);
static volatile unsigned char bytes[64];
static volatile u64 interrupts;
static u64 device, interrupt;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 taken = gic_take();
    if (taken == interrupt) {
        interrupts++;
        word(device + 0x64) = word(device + 0x60);
    }
    gic_end(taken);
}

void secondary(u64 cpu, u64 argument) { }

u64 main(void)
{
    for (u64 i = 0; i < 32; i++)
        if (word(0x0a000000 + i * 0x200 + 8) == 4) {
            device = 0x0a000000 + i * 0x200;
            interrupt = 48 + i;
        }
    line("found", device != 0);
    line("version", word(device + 4));
    gic_start();
    gic_start_cpu();
    gic_enable(interrupt);
    gic_route(interrupt, 0);
    unmask();
    word(device + 0x70) = 0;
    word(device + 0x70) = 3;
    word(device + 0x24) = 1;
    word(device + 0x20) = 1;
    word(device + 0x70) = 11;
    line("status", word(device + 0x70));
    word(device + 0x30) = 0;
    word(device + 0x38) = 8;
    word(device + 0x80) = (u64)table;
    word(device + 0x90) = (u64)&available;
    word(device + 0xa0) = (u64)&used;
    word(device + 0x44) = 1;
    word(device + 0x70) = 15;
    table[0] = (struct descriptor) { (u64)bytes, sizeof bytes, 2, 0 };
    available.ring[0] = 0;
    barrier();
    available.index = 1;
    barrier();
    word(device + 0x50) = 0;
    while (used.index != 1 || !interrupts) __asm__ volatile("yield");
    u64 set = 0;
    for (u64 i = 0; i < sizeof bytes; i++) set += bytes[i] != 0;
    line("length", used.ring[0].length);
    line("random", set > 32);
    line("interrupts", interrupts);
    return 0;
}
