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

#include "machine.h"

static sigjmp_buf place;
static volatile uintptr_t fault, at_pc;
static volatile int code;
static volatile char *volatile repaired;

static void jumping(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    fault = (uintptr_t)info->si_addr;
    code = info->si_code;
    at_pc = CONTEXT_PC(frame);
    siglongjmp(place, number);
}

static void repairing(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    fault = (uintptr_t)info->si_addr;
    mprotect((void *)repaired, (size_t)getpagesize(), PROT_READ | PROT_WRITE);
}

static void skipping(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    code = info->si_code;
    CONTEXT_RESULT(frame) = 4242;
    CONTEXT_PC(frame) += FAULT_LENGTH(number);
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
    TRY("undefined", __asm__ volatile(UNDEFINED));
    TRY("breakpoint", __asm__ volatile(BREAKPOINT));

    size_t size = (size_t)getpagesize();
    char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(code_word *)data = RETURN;
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

#if defined(__aarch64__)
    printf("division by zero %d\n", 5 / (int)(data[100] & 0));
#elif defined(__alpha__)
    TRY("division by zero", printf("%d\n", 5 / *(volatile int *)(data + 100)));
#endif

    with(SIGSEGV, repairing);
    repaired = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    repaired[100] = 77;
    printf("repaired %d there %d\n", repaired[100], fault == (uintptr_t)repaired + 100);
    uint64_t wide[2] = { 1, 2 };
    mprotect((void *)repaired, size, PROT_NONE);
    memcpy((void *)(repaired + 64), wide, 16);
    printf("repaired wide %d\n", repaired[72]);

    with(SIGILL, skipping);
    register long result __asm__(RESULT) = 1;
    __asm__ volatile(UNDEFINED : "+r"(result));
    printf("skipped %ld code %d\n", result, code);

    with(SIGSEGV, skipping);
    long loaded = 0;
    __asm__ volatile(LOAD_FROM_NULL : "=r"(loaded) : : RESULT);
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
