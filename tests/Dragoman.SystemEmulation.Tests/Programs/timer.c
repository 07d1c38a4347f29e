// Both timers of the first vCPU interrupt it while it waits; so does the UART.
#include "bare.h"
#include "gic.h"

static volatile u64 virtual_ticks, physical_ticks, sent, others;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 taken = gic_take();
    switch (taken) {
    case 27:
        virtual_ticks++;
        write_sys(cntv_cval_el0, read_sys(cntv_cval_el0) + 62500);
        break;
    case 30:
        physical_ticks++;
        write_sys(cntp_tval_el0, 125000);
        break;
    case 33:
        sent++;
        word(0x09000044) = 1 << 5;
        break;
    default:
        others = taken + 1;
        break;
    }
    barrier();
    gic_end(taken);
}

void secondary(u64 cpu, u64 argument) { }

u64 main(void)
{
    gic_start();
    gic_start_cpu();
    gic_enable(27);
    gic_enable(30);
    gic_enable(33);
    gic_route(33, 0);
    u64 start = read_sys(cntvct_el0);
    write_sys(cntv_cval_el0, read_sys(cntvct_el0) + 62500);
    write_sys(cntv_ctl_el0, 1);
    write_sys(cntp_tval_el0, 125000);
    write_sys(cntp_ctl_el0, 1);
    unmask();
    while (virtual_ticks < 20 || physical_ticks < 5) __asm__ volatile("wfi");
    mask();
    u64 passed = read_sys(cntvct_el0) - start;
    line("20 ms", passed >= 20 * 62500);
    write_sys(cntv_ctl_el0, 3);
    line("masked", read_sys(cntv_ctl_el0) & 3);
    write_sys(cntp_ctl_el0, 0);
    word(0x09000038) = 1 << 5;
    unmask();
    put('.');
    put('\n');
    while (!sent) __asm__ volatile("yield");
    line("others", others);
    return 42;
}
