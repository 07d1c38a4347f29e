/* What a handler starts with, and what sigreturn takes of a frame and refuses. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __x86_64__
#define PUSHF "pushfq\n\tpopq %0"
#define POPF "pushq %0\n\tpopfq"
#else
#define PUSHF "pushfl\n\tpopl %0"
#define POPF "pushl %0\n\tpopfl"
#endif

enum { ID = 1 << 21, NT = 1 << 14, DF = 1 << 10 };

static int step;
static unsigned ds, es, ss;
static int has_xsave;

static unsigned long flags(void)
{
    unsigned long value;
    __asm__ volatile(PUSHF : "=r"(value));
    return value;
}

static void set_flags(unsigned long value)
{
    __asm__ volatile(POPF : : "r"(value) : "cc");
}

static void handle(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    ucontext_t *user = context;
    unsigned char *image = (unsigned char *)user->uc_mcontext.fpregs;
#ifndef __x86_64__
    image += 112;
#endif
    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%ss, %2" : "=r"(ds), "=r"(es), "=r"(ss));
    switch (step) {
        case 1: user->uc_mcontext.gregs[REG_EFL] &= ~(ID | NT); break;
        case 2: user->uc_mcontext.gregs[REG_EFL] |= ID | NT; break;
        case 3: image[513] = 0xFF; break;              /* parts that no processor has */
        case 4: image[520] = 1; break;                 /* a compacted form */
        case 5: image[528] = 1; break;                 /* reserved */
        case 6: image[512] &= ~1; break;               /* the x87's part is initial */
    }
}

static void image(int number)
{
    step = number;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        raise(SIGUSR1);
        _exit(7);
    }

    int status;
    waitpid(child, &status, 0);
    printf("image %d: %s %d\n", number, WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

int main(void)
{
    unsigned a, b, c, d;
    __cpuid(1, a, b, c, d);
    has_xsave = c >> 27 & 1;
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGUSR1, &action, NULL);

    set_flags(flags() | ID | NT);
    step = 1;
    raise(SIGUSR1);
    printf("flags that stay %lx\n", flags() & (ID | NT));
    set_flags(flags() & ~(unsigned long)(ID | NT));
    step = 2;
    raise(SIGUSR1);
    printf("flags that stay away %lx\n", flags() & (ID | NT));
    set_flags(flags() & ~(unsigned long)(ID | NT));

#ifdef __x86_64__
    errno = 0;
    printf("base %ld %d\n", syscall(SYS_arch_prctl, 0x1001, 0x7ffffffff000), errno);
    __asm__ volatile("mov %0, %%gs" : : "r"(3));
    printf("base %ld\n", syscall(SYS_arch_prctl, 0x1001, 0x7fffffffe000));
    unsigned gs;
    __asm__ volatile("mov %%gs, %0" : "=r"(gs));
    printf("selector %x\n", gs);
#else
    step = 0;
    __asm__ volatile("push %%es\n\tmov %0, %%es\n\tmov %1, %%eax\n\tmov %2, %%ebx\n\tmov %3, %%ecx\n\tint $0x80\n\tpop %%es"
        : : "r"(0), "i"(SYS_tkill), "g"((int)syscall(SYS_gettid)), "i"(SIGUSR1) : "eax", "ebx", "ecx", "memory");
    printf("handler %x %x %x\n", ds, es, ss);
#endif

    printf("prctl %d %d %d\n", prctl(34, 0, 0, 0, 0), prctl(42, 0, 0, 0, 0), prctl(52, 0, 0, 0, 0) < 0);
    for (int i = 3; has_xsave && i <= 6; i++)
        image(i);
    return 0;
}
