/* AC: every access is aligned to its size, or SIGBUS. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#ifdef __x86_64__
#define ON "pushfq\n\torq $0x40000, (%%rsp)\n\tpopfq\n\t"
#define OFF "\n\tpushfq\n\tandq $~0x40000, (%%rsp)\n\tpopfq"
#else
#define ON "pushfl\n\torl $0x40000, (%%esp)\n\tpopfl\n\t"
#define OFF "\n\tpushfl\n\tandl $~0x40000, (%%esp)\n\tpopfl"
#endif

static sigjmp_buf back;
static char line[100];

static void handle(int signal, siginfo_t *info, void *context)
{
    __asm__ volatile(OFF : : : "memory", "cc");
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    sprintf(line, "signal %d code %d address %lx trap %d error %x ac %d", signal, info->si_code, (long)info->si_addr,
        (int)registers[REG_TRAPNO], (unsigned)registers[REG_ERR], (int)(registers[REG_EFL] >> 18 & 1));
    siglongjmp(back, 1);
}

#define TRY(text, offset) \
    strcpy(line, "fine"); \
    if (sigsetjmp(back, 1) == 0) \
    { \
        __asm__ volatile(ON text OFF : : "S"(place + (offset)) : "eax", "memory", "cc"); \
    } \
    printf("%s + %d: %s\n", text, offset, line);

int main(void)
{
    static char place[256] __attribute__((aligned(64)));
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGBUS, &action, 0);
    sigaction(SIGSEGV, &action, 0);
    TRY("movb (%0), %%al", 1)
    TRY("movw (%0), %%ax", 1)
    TRY("movw (%0), %%ax", 2)
    TRY("movl (%0), %%eax", 2)
    TRY("movl %%eax, (%0)", 4)
    TRY("movl %%eax, (%0)", 5)
    TRY("addl $1, (%0)", 6)
    TRY("lock addl $1, (%0)", 6)
    TRY("lock addl $1, (%0)", 8)
    TRY("movups (%0), %%xmm0", 8)
    TRY("movups (%0), %%xmm0", 16)
    TRY("movsd (%0), %%xmm0", 4)
    TRY("fldl (%0)", 4)
    TRY("fstpl (%0)", 8)
    return 0;
}
