/* Instructions that 64-bit mode does not have, on all operands that matter; the flags that the manual defines. For i386. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#define TRY(name, text, defined) \
    for (unsigned flags = 0; flags < 4; flags++) \
    { \
        unsigned sum = 0; \
        for (unsigned value = 0; value < 65536; value += value < 1024 ? 1 : 37) \
        { \
            unsigned result = value, set = (flags & 1) | (flags & 2) << 3, after; \
            __asm__ volatile("pushl %2\n\tpopfl\n\t" text "\n\tpushfl\n\tpopl %1" : "+a"(result), "=&r"(after) : "r"(set) : "cc"); \
            sum = sum * 31 + result + (after & (defined)); \
        } \
        printf("%s %u: %08x\n", name, flags, sum); \
    }

int nested(int depth);
__asm__(".text\nnested:\n\tenter $16, $3\n\tmovl 8(%ebp), %eax\n\taddl -4(%ebp), %eax\n\tsubl -4(%ebp), %eax\n\tleal (%eax,%eax), %eax\n\tleave\n\tret");

static sigjmp_buf back;
static char *place;

static void handle(int signal, siginfo_t *info, void *context)
{
    printf("popa: signal %d at %d\n", signal, (int)((char *)info->si_addr - place));
    siglongjmp(back, 1);
}

/* The registers lie across the end of memory: half of them on a page that is not there. */
static void fault(void)
{
    static char stack[65536];
    stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
    place = (char *)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 4096;
    munmap(place, 4096);
    if (sigsetjmp(back, 1) == 0) __asm__ volatile("mov %0, %%esp\n\tpopal" : : "r"(place - 16) : "memory");
}

int main(void)
{
    TRY("aaa", "aaa", 0x11)
    TRY("aas", "aas", 0x11)
    TRY("daa", "daa", 0xD5)
    TRY("das", "das", 0xD5)
    TRY("aam", "aam", 0xC4)
    TRY("aam 7", "aam $7", 0xC4)
    TRY("aad", "aad", 0xC4)
    TRY("aad 7", "aad $7", 0xC4)

    unsigned before[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, eax, ebx;
    __asm__ volatile("pushal\n\tmovl $77, %%eax\n\tmovl %%esp, %%edx\n\tmovl 28(%%edx), %%ecx\n\tmovl %%ecx, %%ebx\n\tmovl %%ebx, (%%esi)\n\tpopal" : "=a"(eax), "=b"(ebx) : "a"(99), "b"(98), "S"(before) : "memory", "cc");
    printf("pusha %u %u %u\n", before[0], eax, ebx);
    int limits[2] = { -3, 9 };
    for (int i = -3; i <= 9; i += 6)
    {
        __asm__ volatile("bound %0, %1" : : "r"(i), "m"(limits));
    }

    printf("enter %d\n", nested(21));
    fault();
    return 0;
}
