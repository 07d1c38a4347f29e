// Translation, permissions, faults, access flag and dirty state, TLB maintenance, address translation instructions.
#include "bare.h"

static volatile u64 faults, last_esr, last_far;

void handler(u64 vector, struct frame *frame, u64 esr, u64 far)
{
    u64 class = esr >> 26;
    if (class == 0x15) {
        if ((esr & 0xffff) != 99) { line(" svc", esr); return; }
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

// An address of its own, at EL1 and EL0.
u64 own_address(void), user_own_address(u64);
__asm__(".text; own_address: adr x0, .; ret; .section .user, \"ax\"; user_own_address: adr x0, .; svc #99; .text");

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

static void flush_all(void) { __asm__ volatile("dsb ishst; tlbi vmalle1is; dsb ish; isb" ::: "memory"); }
static void set_tcr(u64 value) { write_sys(tcr_el1, value); flush_all(); }

#define TAG(n, address) ((address) & ~(0xffUL << 56) | (u64)(n) << 56)

static void tags(u64 a, u64 b)
{
    text("tags\n");
    line("no tag", try_load(TAG(0x55, a)));
    set_tcr(TCR_VALUE | 3UL << 37);
    line("load", try_load(TAG(0x55, a)));
    try_store(TAG(0xaa, a), 0x12);
    line("load", try_load(a));
    line("high", try_load(TAG(0x55, HIGH + 5 * PAGE)));
    line("hole", try_load(TAG(0x55, HIGH + 6 * PAGE)) & 0);

    // One TLBI is for all tags.
    line("load", try_load(TAG(0x77, a)));
    set(a, b | NORMAL | UXN | 3);
    line("remapped", try_load(TAG(0x55, a)));
    line("remapped", try_load(TAG(0x77, a)));
    set(a, 0);
    line("load", try_load(TAG(0x33, a) + 8));
    try_store(TAG(0x44, a) + 16, 1);
    line("across", try_load(TAG(0x66, a) - 4));
    __asm__ volatile("ldxr x0, [%0]; ldxr x0, [%1]" :: "r"(TAG(0x77, b)), "r"(TAG(0x77, b) + 4) : "x0");
    set(a, a | NORMAL | UXN | 3);

    // What a branch leads to has no tag.
    line("call", ((u64 (*)(void))TAG(0x55, (u64)own_address))() - (u64)own_address);
    line("return to user", enter_user((void *)TAG(0x55, (u64)user_own_address), user_stack + sizeof user_stack, 0) - (u64)user_own_address);
    set(a, a | NORMAL | PXN | UXN | 3);
    line("not executable", ((u64 (*)(void))TAG(0x55, a))());
    set(a, a | NORMAL | UXN | 3);
    u64 vectors = read_sys(vbar_el1);
    write_sys(vbar_el1, TAG(0x55, vectors));
    barrier();
    __asm__ volatile("svc #1");
    write_sys(vbar_el1, vectors);
    set_tcr(TCR_VALUE);
}

static void address_sizes(u64 a)
{
    text("address size\n");
    u64 big = 1UL << 40, table = read_sys(ttbr1_el1);
    set(a, big | NORMAL | UXN | 3);
    line("page", try_load(a));
    set(a, (big | NORMAL | UXN | 3) & ~AF);
    line("page without access flag", try_load(a));
    set_tcr(TCR_VALUE & ~(7UL << 32));
    set(a, 1UL << 32 | NORMAL | UXN | 3);
    line("page of 32 bits", try_load(a));
    line("s1e1r", translate(a, 0, 0));
    set(a, a | NORMAL | UXN | 3);
    line("within 32 bits", try_load(a) & 0);
    high2[1] = 1UL << 32 | 3;
    flush_all();
    line("table", try_load(HIGH + ENTRIES * PAGE) & 0);
    set_tcr(TCR_VALUE);
    write_sys(ttbr1_el1, table | big);
    flush_all();
    line("first table", try_load(HIGH + 5 * PAGE) & 0);
    write_sys(ttbr1_el1, table);
    flush_all();

    text("table nowhere\n");
    high2[1] = 0x7000000000 | 3;
    flush_all();
    line("load", try_load(HIGH + ENTRIES * PAGE) & 0);
    (void)translate(HIGH + ENTRIES * PAGE, 0, 0);
    high2[1] = 0;
    flush_all();
}

#ifdef EXACT
static u64 attributes(u64 address) { __asm__ volatile("at s1e1r, %0; isb" :: "r"(address)); return read_sys(par_el1) & ~0xfffffffff000; }

static void memory_types(u64 a)
{
    write_sys(mair_el1, 0x44ff00);
    barrier();
    line("PAR normal", attributes(a));
    set(a, a | AF | 3UL << 8 | 2 << 2 | UXN | 3);
    line("PAR non-cacheable", attributes(a));
    set(a, a | AF | UXN | 3);
    line("PAR device", attributes(a));
    set(a, a | NORMAL | UXN | 3);
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~1UL);
    barrier();
    u64 off = attributes(a);
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 1);
    barrier();
    line("PAR off", off);
}

static void dirty_state(u64 a)
{
    u64 tcr = read_sys(tcr_el1);
    write_sys(tcr_el1, tcr | 3UL << 39);
    barrier();
    set(a, a | NORMAL | DBM | AP_READ_ONLY | UXN | 3);
    __asm__ volatile("at s1e1w, %0; isb" :: "r"(a));
    line("PAR.F writable-clean", read_sys(par_el1) & 1);
    line(" clean", (*page_of(a) & AP_READ_ONLY) != 0);
    try_store(a, 0x44);
    line(" written", (*page_of(a) & AP_READ_ONLY) == 0);
    set(a, a | NORMAL | UXN | 3);
    write_sys(tcr_el1, tcr);
    barrier();
}
#endif

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

    address_sizes(a);
    tags(a, b);
#ifdef EXACT
    dirty_state(a);
    memory_types(a);
#endif

    text("alignment\n");
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 2);
    barrier();
    try_store(b + 1, 0);
    line("load", try_load(b + 3) & 0);
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~2UL);
    barrier();
    __asm__ volatile("ldxr x0, [%0]" :: "r"(b + 4) : "x0");
    __asm__ volatile("ldar x0, [%0]" :: "r"(b + 4) : "x0");
    __asm__ volatile("stlr x0, [%0]" :: "r"(b + 4) : "memory");
    __asm__ volatile(".arch_extension lse; ldadd x0, x0, [%0]; cas x0, x1, [%0]; swp x0, x1, [%0]" :: "r"(b + 4) : "x0", "x1", "memory");
    __asm__ volatile("casp x0, x1, x2, x3, [%0]" :: "r"(b + 8) : "x0", "x1", "memory");

    text("mmu off\n");
    write_sys(sctlr_el1, read_sys(sctlr_el1) & ~1UL);
    barrier();
    line("load", try_load(b));
    line("faults", faults);
    return 0;
}
