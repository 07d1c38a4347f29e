// Translation, permissions, faults, access flag and dirty state, TLB maintenance, address translation instructions.
#include "bare.h"

static volatile u64 faults, last_esr, last_far;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 class = esr >> 26;
    if (class == 0x15) {
        frame->elr = (u64)leave_user;
        frame->spsr = 0x3c5;
        return;
    }
    faults++;
    line(" fault esr", esr);
    line(" far", far);
    if (class == 0x20) {
        frame->elr = (u64)leave_user;
        frame->spsr = 0x3c5;
    } else if (class == 0x21) {
        frame->elr = frame->x[30];
        frame->x[0] = 0xdead;
    } else
        frame->elr += 4;
}

void secondary(u64 cpu, u64 argument) { }

USER static u64 user_load(u64 address)
{
    u64 x;
    __asm__ volatile("mov %0, #0x77; ldr %0, [%1]" : "=&r"(x) : "r"(address));
    register u64 x0 __asm__("x0") = x;
    __asm__ volatile("svc #99" :: "r"(x0));
    return x;
}

USER static u64 user_store(u64 address)
{
    __asm__ volatile("str %0, [%0]" :: "r"(address) : "memory");
    register u64 x0 __asm__("x0") = 1;
    __asm__ volatile("svc #99" :: "r"(x0));
    return 0;
}

static u64 data[3 * 0x10000 / 8] ALIGNED(0x10000);
static char user_stack[0x10000] ALIGNED(0x10000);

static void set(u64 address, u64 entry) { *page_of(address) = entry; flush_page(address); }

static u64 unprivileged_load(u64 address) { u64 x = 0x77; __asm__ volatile("ldtr %0, [%1]" : "+r"(x) : "r"(address)); return x; }
static u64 translate(u64 address, int write, int user)
{
    if (user) { if (write) __asm__ volatile("at s1e0w, %0; isb" :: "r"(address)); else __asm__ volatile("at s1e0r, %0; isb" :: "r"(address)); }
    else if (write) __asm__ volatile("at s1e1w, %0; isb" :: "r"(address)); else __asm__ volatile("at s1e1r, %0; isb" :: "r"(address));
    u64 par = read_sys(par_el1);
    return par & 1 ? par & 0x7f : par & 0xfffffffff000;
}

u64 main(void)
{
    build_tables();
    *page_of((u64)user_stack) |= AP_USER;
    mmu_on(0);
    text("mmu on\n");
    u64 a = (u64)data, b = a + PAGE, c = b + PAGE;
    data[0] = 0x11;
    data[PAGE / 8] = 0x22;
    data[2 * PAGE / 8] = 0x33;

    text("invalid\n");
    set(a, 0);
    line("load", try_load(a + 8));
    try_store(a + 16, 1);
    line("across", try_load(a - 4));
    text("read only\n");
    set(a, a | NORMAL | AP_READ_ONLY | UXN | 3);
    line("load", try_load(a));
    try_store(a, 2);
    text("no access flag\n");
    set(a, (a | NORMAL | UXN | 3) & ~AF);
    line("load", try_load(a));
    text("not executable\n");
    set(a, a | NORMAL | PXN | UXN | 3);
    line("call", ((u64 (*)(void))a)());
    text("remapped\n");
    set(a, b | NORMAL | UXN | 3);
    line("load", try_load(a));
    set(a, c | NORMAL | UXN | 3);
    line("load", try_load(a));
    set(a, a | NORMAL | UXN | 3);
    line("load", try_load(a));

    text("high half\n");
    high_pages[5] = b | NORMAL | UXN | 3;
    flush_page(HIGH + 5 * PAGE);
    line("load", try_load(HIGH + 5 * PAGE));
    line("load", try_load(HIGH + 6 * PAGE) & 0);
    line("hole", try_load(0x0000800000000000UL) & 0);
    line("outside", try_load(0x00f0000000000000UL) & 0);

    text("user\n");
    line("kernel page", enter_user(user_load, user_stack + sizeof user_stack, a));
    set(a, a | NORMAL | AP_USER | UXN | 3);
    line("user page", enter_user(user_load, user_stack + sizeof user_stack, a));
    set(a, a | NORMAL | AP_USER | AP_READ_ONLY | UXN | 3);
    line("user store", enter_user(user_store, user_stack + sizeof user_stack, a));
    line("ldtr user page", unprivileged_load(a));
    line("ldtr kernel page", unprivileged_load(b));
    line("user code, not executable", enter_user((void *)a, user_stack + sizeof user_stack, a) & 0);
    line("privileged call of user-writable page", (set(a, a | NORMAL | AP_USER | UXN | 3), ((u64 (*)(void))a)()));

    text("AT\n");
    line("s1e1r", translate(b, 0, 0));
    line("s1e1w", translate(b, 1, 0));
    line("s1e0r", translate(b, 0, 1));
    line("s1e0w", translate(a, 1, 1));
    set(a, a | NORMAL | AP_READ_ONLY | UXN | 3);
    line("s1e1w", translate(a, 1, 0));
    line("block", translate(0x09000000, 1, 0));
    line("none", translate(HIGH + 7 * PAGE, 0, 0));

    text("hardware flags\n");
    write_sys(tcr_el1, TCR_VALUE | 1UL << 39 | 1UL << 40);
    barrier();
    set(a, (a | NORMAL | UXN | AP_READ_ONLY | DBM | 3) & ~AF);
    line("before", *page_of(a) & (AF | AP_READ_ONLY));
    line("load", try_load(a));
    line("read", *page_of(a) & (AF | AP_READ_ONLY));
    try_store(a, 0x44);
    line("written", *page_of(a) & (AF | AP_READ_ONLY));
    line("load", try_load(a));
    set(a, a | NORMAL | UXN | AP_READ_ONLY | 3);
    try_store(a, 0x55);
    line("not writable", *page_of(a) & (AF | AP_READ_ONLY));

    text("ASIDs\n");
    set(a, a | NORMAL | NOT_GLOBAL | UXN | 3);
    line("load", try_load(a));
    u64 table = read_sys(ttbr0_el1);
    write_sys(ttbr0_el1, table | 1UL << 48);
    barrier();
    *page_of(a) = b | NORMAL | NOT_GLOBAL | UXN | 3;
    barrier();
    line("other", try_load(a));

    text("alignment\n");
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 2);
    barrier();
    try_store(b + 1, 0);
    line("load", try_load(b + 3) & 0);
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~2UL);
    barrier();
    __asm__ volatile("ldxr x0, [%0]" :: "r"(b + 4) : "x0");
    __asm__ volatile("ldar x0, [%0]" :: "r"(b + 4) : "x0");

    text("mmu off\n");
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~1UL);
    barrier();
    line("load", try_load(b));
    line("faults", faults);
    return 0;
}
