// What the programs share: output, the end, system registers, exceptions, page tables.
typedef unsigned long u64;
typedef unsigned int u32;

#define UART (*(volatile u32 *)0x09000000)
#define ALIGNED(n) __attribute__((aligned(n)))
#define USER __attribute__((section(".user"), noinline, used))

#define read_sys(name) ({ u64 v_; __asm__ volatile("mrs %0, " #name : "=r"(v_) :: "memory"); v_; })
#define write_sys(name, value) __asm__ volatile("msr " #name ", %0" :: "r"((u64)(value)) : "memory")
#define barrier() __asm__ volatile("dsb ish; isb" ::: "memory")

struct frame { u64 x[31]; u64 elr, spsr; };

u64 enter_user(void *code, void *stack, u64 argument);
void leave_user(void);
u64 try_load(u64 address);
void try_store(u64 address, u64 value);
u64 hvc_call(u64 function, u64 a, u64 b, u64 c);

static void put(char c) { UART = c; }
static void text(const char *s) { while (*s) put(*s++); }
static void hex(u64 x)
{
    char digits[17];
    int i = 16;
    digits[16] = 0;
    do digits[--i] = "0123456789abcdef"[x & 15]; while (x >>= 4);
    text(digits + i);
}
static void line(const char *name, u64 x) { text(name); put(' '); hex(x); put('\n'); }

// Nanoseconds by the virtual counter.
static u64 nanoseconds(void) { __asm__ volatile("isb" ::: "memory"); return read_sys(cntvct_el0) * 1000 / (read_sys(cntfrq_el0) / 1000000); }

void quit(u64 status)
{
    static u64 block[2];
    block[0] = 0x20026;
    block[1] = status;
    register u64 x0 __asm__("x0") = 0x18;
    register u64 x1 __asm__("x1") = (u64)block;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    while (1) ;
}

// Page tables: identity for devices and RAM, with 4 KiB or 64 KiB pages; the first 2 MiB (4 KiB) or 512 MiB (64 KiB) of RAM by pages.
#ifdef LARGE
#define PAGE 0x10000UL
#define ENTRIES 8192
#define TCR_VALUE ((1UL << 14) | 22 | (3UL << 30) | (22UL << 16) | (2UL << 32) | (1UL << 36))
static u64 level2[ENTRIES] ALIGNED(0x10000), pages[ENTRIES] ALIGNED(0x10000), high2[ENTRIES] ALIGNED(0x10000), high_pages[ENTRIES] ALIGNED(0x10000);
#else
#define PAGE 0x1000UL
#define ENTRIES 512
#define TCR_VALUE ((0UL << 14) | 25 | (2UL << 30) | (25UL << 16) | (2UL << 32) | (1UL << 36))
static u64 level1[ENTRIES] ALIGNED(4096), level2[ENTRIES] ALIGNED(4096), pages[ENTRIES] ALIGNED(4096), high1[ENTRIES] ALIGNED(4096), high2[ENTRIES] ALIGNED(4096), high_pages[ENTRIES] ALIGNED(4096);
#endif

#define AF (1UL << 10)
#define NORMAL (AF | 3UL << 8 | 1UL << 2)
#define AP_USER (1UL << 6)
#define AP_READ_ONLY (1UL << 7)
#define NOT_GLOBAL (1UL << 11)
#define DBM (1UL << 51)
#define PXN (1UL << 53)
#define UXN (1UL << 54)
#define RAM 0x40000000UL

extern char user_start[], user_end[];

static u64 *page_of(u64 address) { return &pages[(address - RAM) / PAGE]; }

static void build_tables(void)
{
    for (u64 i = 0; i < ENTRIES; i++)
        pages[i] = (RAM + i * PAGE) | NORMAL | UXN | 3;
    for (u64 a = (u64)user_start & ~(PAGE - 1); a < (u64)user_end; a += PAGE)
        *page_of(a) = a | NORMAL | AP_USER | AP_READ_ONLY | 3;
#ifdef LARGE
    level2[0] = 0 | AF | UXN | PXN | 1;
    level2[2] = (u64)pages | 3;
    high2[0] = (u64)high_pages | 3;
#else
    level1[0] = 0 | AF | UXN | PXN | 1;
    level1[1] = (u64)level2 | 3;
    level2[0] = (u64)pages | 3;
    for (u64 i = 1; i < 512; i++)
        level2[i] = (RAM + i * 0x200000) | NORMAL | UXN | 1;
    high1[0] = (u64)high2 | 3;
    high2[0] = (u64)high_pages | 3;
#endif
}

static void mmu_on(u64 extra)
{
    write_sys(mair_el1, 0xff00);
    write_sys(tcr_el1, TCR_VALUE | extra);
#ifdef LARGE
    write_sys(ttbr0_el1, level2);
    write_sys(ttbr1_el1, high2);
#else
    write_sys(ttbr0_el1, level1);
    write_sys(ttbr1_el1, high1);
#endif
    __asm__ volatile("dsb sy; tlbi vmalle1; dsb sy; isb" ::: "memory");
    write_sys(sctlr_el1, read_sys(sctlr_el1) | 1 | 1 << 2 | 1 << 12);
    __asm__ volatile("isb" ::: "memory");
}

static void flush_page(u64 address) { __asm__ volatile("dsb ishst; tlbi vaae1is, %0; dsb ish; isb" :: "r"(address << 8 >> 20) : "memory"); }

// Base of the high half, as T1SZ makes it.
#ifdef LARGE
#define HIGH (-1UL << 42)
#else
#define HIGH (-1UL << 39)
#endif

// The handler of a program in which every exception is a failure.
#define EXPECTS_NO_EXCEPTION \
    void handler(u64 vector, struct frame *frame, u64 esr, u64 far) \
    { \
        text("unexpected\n"); \
        line("esr", esr); \
        line("far", far); \
        line("elr", frame->elr); \
        quit(1); \
    }
