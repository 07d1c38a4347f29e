/* What a signal says of accesses that fault: of those that read and write, and of data and branches where no address can be. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifdef __x86_64__
#define IP REG_RIP
#define SP REG_RSP
#else
#define IP REG_EIP
#define SP REG_ESP
#endif

static sigjmp_buf back;
static unsigned char *code;
static char *place;
static unsigned long base;
static char line[200];

static void handle(int number, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    unsigned long ip = registers[IP] - (unsigned long)code;
    ip = registers[IP] - (unsigned long)place < 4096 ? registers[IP] - (unsigned long)place : ip;
    long depth = registers[SP] - base;
    sprintf(line, "signal %d code %d %s%lx trap %d error %x ip %s%lx", number, info->si_code,
        info->si_addr == 0 ? "nowhere " : (unsigned long)info->si_addr - (unsigned long)place < 4096 ? "+" : "", info->si_addr == 0 ? 0 : (unsigned long)info->si_addr - (unsigned long)place < 4096 ? (unsigned long)info->si_addr - (unsigned long)place : (unsigned long)info->si_addr,
        (int)registers[REG_TRAPNO], (unsigned)registers[REG_ERR], ip < 4096 ? "+" : "", ip < 4096 ? ip : (unsigned long)registers[IP]);
    if (depth > -1000 && depth < 1000)
    {
        sprintf(line + strlen(line), " sp %ld", depth);
    }

    siglongjmp(back, 1);
}

static void try(const char *name, const char *hex, const char *kind, void *where)
{
    int length = 0, byte;
    for (; sscanf(hex + 2 * length, "%2x", &byte) == 1; length++)
    {
        code[length] = byte;
    }

    code[length] = 0xC3;
    place = where;
    strcpy(line, "no fault");
    if (sigsetjmp(back, 1) == 0)
    {
        unsigned long a = 1, c = 1, d = 0, source = (unsigned long)(code + 1024), destination = (unsigned long)where;
        __asm__ volatile(
#ifdef __x86_64__
            "mov %%rsp, %5\n\tcall *%6"
#else
            "mov %%esp, %5\n\tcall *%6"
#endif
            : "+a"(a), "+c"(c), "+d"(d), "+S"(source), "+D"(destination), "=m"(base) : "b"(code) : "memory", "cc");
    }

    printf("%s %s: %s\n", name, kind, line);
}

static const char *const both[][2] =
{
    { "mov load", "8B07" }, { "mov store", "8907" }, { "add", "0107" }, { "add immediate", "800701" }, { "adc", "1107" }, { "cmp", "3907" }, { "test", "8507" },
    { "inc", "FF07" }, { "not", "F717" }, { "neg", "F71F" }, { "lock add", "F00107" }, { "xchg", "8707" }, { "xadd", "0FC107" }, { "cmpxchg", "0FB10F" },
    { "lock cmpxchg", "F00FB10F" }, { "cmpxchg8b", "0FC70F" }, { "lock cmpxchg8b", "F00FC70F" }, { "shl", "D127" }, { "shl by cl", "D327" }, { "shl by 0", "31C9D327" },
    { "rol", "C10703" }, { "rcl", "D117" }, { "shld", "0FA40F03" }, { "shrd", "0FAD0F" }, { "bts", "0FAB0F" }, { "btc immediate", "0FBA3F01" }, { "bt", "0FA30F" },
    { "setz", "0F9407" }, { "movsb", "A4" }, { "stosb", "AA" }, { "pop", "508F07" }, { "fstp", "D9E8DD1F" }, { "fld", "DD07" }, { "fld of ten bytes", "DB2F" }, { "fstp of ten bytes", "D9E8DB3F" }, { "fbstp", "D9E8DF37" }, { "fnstcw", "D93F" }, { "fldcw", "D92F" },
    { "movaps store", "0F2907" }, { "movaps load", "0F2807" }, { "addps", "0F5807" }, { "stmxcsr", "0FAE1F" }, { "clflush", "0FAE3F" }, { "mul", "F727" }, { "movnti", "0FC30F" },
};

#ifdef __x86_64__
static const char *const wide[][2] =
{
    { "load", "8B07" }, { "add", "0107" }, { "load by rbp", "4889FD8B4500" }, { "push of", "FF37" }, { "pop", "4889FC58" }, { "ret at", "4889FCC3" }, { "leave", "4889FDC9" },
    { "fld", "DD07" }, { "movaps", "0F2807" }, { "by ss", "368B07" }, { "by ds and rbp", "4889FD3E8B4500" },
    { "ret", "57C3" }, { "ret 16", "57C21000" },
};
static const char *const stores[][2] = { { "store", "8907" }, { "store by rsp", "4889FC890424" }, { "pop to", "508F07" }, { "movsb", "A4" }, { "push at", "4889FC50" } };
#endif

int main(void)
{
    static char other[65536];
    stack_t alternate = { .ss_sp = other, .ss_size = sizeof other };
    sigaltstack(&alternate, 0);
    code = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    char *pages = mmap(0, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char touched = *pages;
    munmap(pages + 4096, 4096);
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
    for (int i = 0; i < sizeof both / sizeof *both; i++)
    {
        try(both[i][0], both[i][1], "read-only", pages + 64);
        try(both[i][0], both[i][1], "unmapped", pages + 4096 + 64);
    }

    /* The error code says whether there is a page: not where nothing has touched it, nor where nothing may. */
    char *untouched = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *closed = mmap(0, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    closed[0] = 1;
    mprotect(closed, 2 * 4096, PROT_NONE);
    for (int i = 0; i < 3; i++)
    {
        try(both[i][0], both[i][1], "to a page not touched", untouched + 64);
        try(both[i][0], both[i][1], "closed", closed + 64);
        try(both[i][0], both[i][1], "closed, not touched", closed + 4096 + 64);
    }

    try("jump", "FFE7", "closed", closed);
    try("jump", "FFE7", "to data", pages);

#ifdef __x86_64__
    for (int i = 0; i < sizeof wide / sizeof *wide; i++)
    {
        try(wide[i][0], wide[i][1], "where no address can be", (void *)0x1234567812345678);
        try(wide[i][0], wide[i][1], "at the first such", (void *)0x800000000000);
        try(wide[i][0], wide[i][1], "in the kernel's half", (void *)0xFFFF900000000000);
    }

    for (int i = 0; i < sizeof stores / sizeof *stores; i++)
    {
        try(stores[i][0], stores[i][1], "where no address can be", (void *)0x1234567812345678);
        try(stores[i][0], stores[i][1], "behind the first such", (void *)0x800000000040);
    }
#endif
    return 0;
}
