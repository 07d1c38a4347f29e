// Synchronous faults: the handler sees the address and code, can jump away, and can repair and go on.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf place;
static volatile uintptr_t fault, at_pc;
static volatile int code;
static char *volatile repaired;

static void jumping(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    fault = (uintptr_t)info->si_addr;
    code = info->si_code;
    at_pc = frame->uc_mcontext.pc;
    siglongjmp(place, number);
}

static void repairing(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    fault = (uintptr_t)info->si_addr;
    mprotect(repaired, 4096, PROT_READ | PROT_WRITE);
}

static void skipping(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    (void)number;
    code = info->si_code;
    frame->uc_mcontext.regs[0] = 4242;
    frame->uc_mcontext.pc += 4;
}

static void with(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    sigaction(number, &action, NULL);
}

#define TRY(what, action) \
    do \
    { \
        int number = sigsetjmp(place, 1); \
        if (number == 0) \
        { \
            action; \
            printf("%s: no signal\n", what); \
        } \
        else \
        { \
            printf("%s: signal %d code %d address %lx\n", what, number, code, fault < 4096 ? (unsigned long)fault : fault == at_pc ? 0xbcul : 0xfful); \
        } \
    } \
    while (0)

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    with(SIGSEGV, jumping);
    with(SIGBUS, jumping);
    with(SIGILL, jumping);
    with(SIGTRAP, jumping);
    with(SIGFPE, jumping);
    TRY("null load", (void)*(volatile int *)0);
    TRY("null store", *(volatile int *)8 = 1);
    TRY("low byte", (void)*(volatile char *)0x123);
    TRY("jump to null", ((void (*)(void))0)());
    TRY("jump nowhere", ((void (*)(void))0x10)());
    TRY("undefined", __asm__ volatile(".inst 0x00000000"));
    TRY("breakpoint", __asm__ volatile("brk #1"));

    char *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(uint32_t *)data = 0xd65f03c0; // ret
    int number = sigsetjmp(place, 1);
    if (number == 0)
    {
        ((void (*)(void))data)();
        printf("data executed\n");
    }
    else
    {
        printf("data not executable: signal %d code %d there %d pc %d\n", number, code, fault == (uintptr_t)data, at_pc == (uintptr_t)data);
    }

    printf("division by zero %d\n", 5 / (int)(data[100] & 0));

    with(SIGSEGV, repairing);
    repaired = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    repaired[100] = 77;
    printf("repaired %d there %d\n", repaired[100], fault == (uintptr_t)repaired + 100);
    uint64_t wide[2] = { 1, 2 };
    mprotect(repaired, 4096, PROT_NONE);
    memcpy(repaired + 64, wide, 16);
    printf("repaired wide %d\n", repaired[72]);

    with(SIGILL, skipping);
    register long result __asm__("x0") = 1;
    __asm__ volatile(".inst 0x00000000" : "+r"(result));
    printf("skipped %ld code %d\n", result, code);

    with(SIGSEGV, skipping);
    long loaded = 0;
    __asm__ volatile("mov x0, #0\n\tldr x0, [x0]\n\tmov %0, x0" : "=r"(loaded) : : "x0");
    printf("skipped load %ld\n", loaded);

    // Registers survive a handler.
    with(SIGUSR1, (void (*)(int, siginfo_t *, void *))repairing);
    double sum = 0;
    for (int i = 0; i < 100; i++)
    {
        double x = i * 1.25;
        raise(SIGUSR1);
        sum += x;
    }

    printf("sum %g\n", sum);
    return 0;
}
