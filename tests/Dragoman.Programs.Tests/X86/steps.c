/* TF: a trap behind each instruction, where the next one is; one that loads SS is followed by none. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#ifdef __x86_64__
#define IP REG_RIP
#define PUSHF "pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n"
#define END "pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n"
#define POP_SS
#else
#define IP REG_EIP
#define PUSHF "pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n"
#define END "pushfl\n\tandl $~0x100, (%%esp)\n\tpopfl\n"
#define POP_SS "pushl %%ss\n\tpopl %%ss\n\tnop\n\tnop\n\t"
#endif

extern char first[];
static long where[200];
static int count, other;

static void handle(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    other |= info->si_code != TRAP_TRACE || registers[REG_TRAPNO] != 1 || registers[REG_ERR] != 0 || info->si_addr != (void *)registers[IP];
    where[count++ % 200] = (long)(registers[IP] - (greg_t)first) | (registers[REG_EFL] & 0x100) << 8;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGTRAP, &action, 0);
    static char from[8] = "abcdefg", to[8];
    void *d = to, *s = from;
    __asm__ volatile(
        PUSHF
        ".globl first\nfirst:\n\t"
        "nop\n\tmovl $5, %%eax\n\taddl $3, %%eax\n\tmovl $5, %%ecx\n\tcld\n\trep movsb\n\t"
        "testl %%eax, %%eax\n\tje 1f\n\tjne 2f\n1:\tnop\n2:\tcall 3f\n\tjmp 4f\n3:\tret\n4:\tfld1\n\tfstp %%st(0)\n\tpause\n\tmovl %%ss, %%eax\n\tmovl %%eax, %%ss\n\tnop\n\tnop\n\tmovl %%eax, %%ds\n\t" POP_SS
        END
        : "+D"(d), "+S"(s) : : "eax", "ebx", "ecx", "edx", "memory", "cc");
    for (int i = 0; i < count; i++)
    {
        printf("%ld%s ", where[i] & 0xFFFF, where[i] >> 16 ? "" : "!");
    }

    printf("\n%d traps, %d, %s\n", count, other, to);
    return 0;
}
