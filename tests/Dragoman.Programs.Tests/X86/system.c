/* What a process may not do, may do in vain, and what it learns of segments: one line for each string of bytes, run where it can fault. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifdef __x86_64__
#define IP REG_RIP
#define AX REG_RAX
#else
#define IP REG_EIP
#define AX REG_EAX
#endif

static unsigned char *page;
static sigjmp_buf back;
static char line[200];

static void handle(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    sprintf(line, "signal %d code %d %s trap %d error %x ip+%ld rf %d", signal, info->si_code,
        signal == SIGTRAP ? "" : info->si_addr == (void *)registers[IP] ? "at ip" : info->si_addr == 0 ? "nowhere" : "elsewhere",
        (int)registers[REG_TRAPNO], (unsigned)registers[REG_ERR], (long)(registers[IP] - (greg_t)page), (int)(registers[REG_EFL] >> 16 & 1));
    siglongjmp(back, 1);
}

static void try(const char *name, const char *hex)
{
    int length = 0, byte;
    for (; sscanf(hex + 2 * length, "%2x", &byte) == 1; length++)
    {
        page[length] = byte;
    }

    page[length] = 0xC3;
    if (sigsetjmp(back, 1) == 0)
    {
        unsigned long a = 0x5A5A0000, flags;
        __asm__ volatile("call *%2\n\tpushf\n\tpop %1" : "+a"(a), "=r"(flags) : "r"(page), "D"(page + 2048), "S"(page + 1024), "d"(0) : "memory", "cc");
        sprintf(line, "ax %x zf %d", (unsigned)a, (int)(flags >> 6 & 1));
    }

    printf("%s: %s\n", name, line);
}

static const char *const common[][2] =
{
    { "hlt", "F4" }, { "cli", "FA" }, { "sti", "FB" }, { "in", "EC" }, { "out", "EE" }, { "insb", "6C" }, { "outsd", "6F" }, { "rep insb", "F36C" },
    { "clts", "0F06" }, { "invd", "0F08" }, { "wbinvd", "0F09" }, { "mov from cr0", "0F20C0" }, { "mov to cr3", "0F22D8" }, { "mov from cr1", "0F20C8" },
    { "mov from cr0, mod 0", "0F2005" }, { "mov to cr3, mod 1", "0F225C" }, { "mov to dr7, mod 2", "0F23BC" }, { "mov from cr1, mod 0", "0F2008" },
    { "mov from dr0", "0F21C0" }, { "lgdt", "0F0116" }, { "lidt", "0F011E" }, { "lldt", "0F00D0" }, { "ltr", "0F00D8" }, { "lmsw", "0F01F0" },
    { "invlpg", "0F013E" }, { "rdmsr", "0F32" }, { "wrmsr", "0F30" }, { "rdpmc", "0F33" }, { "sysexit", "0F35" }, { "xsetbv", "0F01D1" },
    { "int 3", "CC" }, { "int 3 of two bytes", "CD03" }, { "int 4", "CD04" }, { "int 0", "CD00" }, { "int 33", "CD21" }, { "int 255", "CDFF" }, { "int1", "F1" },
    { "ud2", "0F0B" }, { "15 bytes", "666666666666666666666666666690" }, { "16 bytes", "66666666666666666666666666666690" },
    { "hint 18 register", "0F18C0" }, { "hint 18 /4", "0F1820" }, { "hint 19", "0F19C0" }, { "hint 1a", "0F1AC1" }, { "hint 1b", "660F1BC1" },
    { "hint 1c", "0F1C3F" }, { "hint 1d", "0F1D07" }, { "hint 1e", "0F1EC1" }, { "hint 1f", "0F1F78FF" }, { "rdssp", "F30F1EC8" },
    { "lfence e9", "0FAEE9" }, { "mfence f7", "0FAEF7" }, { "sfence ff", "0FAEFF" },
    { "lar null", "31C00F02C0" }, { "lar kernel", "B8100000000F02C0" }, { "lar 23", "B8230000000F02C0" }, { "lar 2b", "B82B0000000F02C0" }, { "lar 33", "B8330000000F02C0" },
    { "lar 7b", "B87B0000000F02C0" }, { "lar none", "B8341200000F02C0" }, { "lar of 16 bits", "B82B000000660F02C0" },
    { "lsl 23", "B8230000000F03C0" }, { "lsl 2b", "B82B0000000F03C0" }, { "lsl kernel", "B8180000000F03C0" },
    { "verr 2b", "B82B0000000F00E0" }, { "verr 23", "B8230000000F00E0" }, { "verr null", "31C00F00E0" }, { "verw 2b", "B82B0000000F00E8" }, { "verw 23", "B8230000000F00E8" },
    { "sldt", "31C00F00C0" }, { "str", "31C00F00C8" }, { "smsw", "31C00F01E0" },
    { "mov ds of the kernel", "B8100000008ED8" }, { "mov ds of nobody", "B8341200008ED8" }, { "mov ss null", "31C08ED0" }, { "mov ss code", "B8230000008ED0" },
};

int main(void)
{
    page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    int signals[] = { SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE };
    for (int i = 0; i < 5; i++)
    {
        sigaction(signals[i], &action, 0);
    }

    for (int i = 0; i < sizeof common / sizeof *common; i++)
    {
        try(common[i][0], common[i][1]);
    }

#ifdef __x86_64__
    try("swapgs", "0F01F8");
    try("sysretq", "480F07");
    try("mov from cr8", "440F20C0");
#else
    try("into, no overflow", "31C0CE");
    try("into", "B8FFFFFF7F40CE");
    try("bound", "C70700000000C7470400000000B8050000006207");
    try("salc", "F9D6");
    try("arpl", "B800000000BA0300000063D0");
    try("arpl in vain", "B803000000BA0000000063D0");
    try("lds", "C70744332211C747042B000000C507");
    try("les of the kernel", "C7470410000000C407");
#endif
    static unsigned char table[10];
    __asm__ volatile("sgdt %0" : "=m"(table));
    for (int i = 0; i < 2 + sizeof(long); i++) { printf("%02x", table[i]); }
    __asm__ volatile("sidt %0" : "=m"(table));
    for (int i = 0; i < 2 + sizeof(long); i++) { printf("%02x", table[i]); }
    printf("\n");

    /* Far transfers within the segment. */
    struct { unsigned offset; unsigned short selector; } far = { 0, 0 };
    unsigned long reached = 0;
#ifdef __x86_64__
    __asm__ volatile("sub $128, %%rsp\n\tmov %%cs, %%ecx\n\tpush %%rcx\n\tlea 1f(%%rip), %%rcx\n\tpush %%rcx\n\tlretq\n\tud2\n1:\tadd $128, %%rsp\n\tincq %0" : "+r"(reached) : : "rcx", "memory", "cc");
    __asm__ volatile("sub $128, %%rsp\n\tmovw %%cs, 4(%1)\n\tmovl $1f, (%1)\n\tlcall *(%1)\n\tjmp 2f\n1:\tincq %0\n\tlret\n2:\tmovl $3f, (%1)\n\tljmp *(%1)\n\tud2\n3:\tadd $128, %%rsp\n\tincq %0" : "+r"(reached) : "r"(&far) : "memory", "cc");
    __asm__ volatile("sub $128, %%rsp\n\tmov %%ss, %%eax\n\tmov %%rsp, %%rcx\n\tpush %%rax\n\tpush %%rcx\n\tpushf\n\tmov %%cs, %%eax\n\tpush %%rax\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tiretq\n\tud2\n1:\tadd $128, %%rsp\n\tincq %0" : "+r"(reached) : : "rax", "rcx", "memory", "cc");
#else
    __asm__ volatile("pushl %%cs\n\tpushl $1f\n\tlret\n\tud2\n1:\tincl %0" : "+r"(reached) : : "memory", "cc");
    __asm__ volatile("pushfl\n\tpushl %%cs\n\tpushl $1f\n\tiret\n\tud2\n1:\tincl %0" : "+r"(reached) : : "memory", "cc");
    __asm__ volatile("ljmp $0x23, $1f\n\tud2\n1:\tincl %0" : "+r"(reached) : : "memory", "cc");
    __asm__ volatile("lcall $0x23, $1f\n\tjmp 2f\n1:\tincl %0\n\tlret\n2:" : "+r"(reached) : : "memory", "cc");
    __asm__ volatile("movw %%cs, 4(%1)\n\tmovl $1f, (%1)\n\tlcall *(%1)\n\tjmp 2f\n1:\tincl %0\n\tlret $0\n2:\tmovl $3f, (%1)\n\tljmp *(%1)\n\tud2\n3:\tincl %0" : "+r"(reached) : "r"(&far) : "memory", "cc");
#endif
    printf("reached %d\n", (int)reached);

    // By what is not kept programs learn what the kernel knows.
    struct sigaction asked = { .sa_handler = SIG_IGN, .sa_flags = SA_RESTART | SA_NODEFER | 0x800 | 0x400 | 0x100 }, kept;
    sigaction(SIGUSR2, &asked, NULL);
    sigaction(SIGUSR2, NULL, &kept);
    printf("flags kept %x\n", kept.sa_flags & ~0x04000000);
    return 0;
}
