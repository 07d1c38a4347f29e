/*
 * The x87's last instruction, operand and opcode: what changes them, what saves and restores them. Of the operand and the opcode only what
 * exceptions that are not masked leave, since not every processor keeps more. The same is printed in both modes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#ifdef __x86_64__
#define FXSAVE "fxsave64"
#define FXRSTOR "fxrstor64"
#define XSAVE "xsave64"
#define XRSTOR "xrstor64"
#define PC REG_RIP
#define FRAME 0
#define BASE "rbx"
typedef uint64_t pointer_t;
#else
#define FXSAVE "fxsave"
#define FXRSTOR "fxrstor"
#define XSAVE "xsave"
#define XRSTOR "xrstor"
#define PC REG_EIP
#define FRAME 112      /* behind FSAVE's image */
#define BASE "ebx"
typedef uint32_t pointer_t;
#endif

struct wide { uint32_t control, status, tags, instruction, code_and_opcode, operand, data; };
struct narrow { uint16_t control, status, tags, instruction, code, operand, data; };

float single = 1.5f;
struct { double two, zero; } numbers = { 2, 0 };
int integer = 3;
long double extended = 5;
uint16_t masked = 0x37F, unmasked = 0x37B, word;
struct wide environment;
struct narrow short_environment;
unsigned char image[1024] __attribute__((aligned(64)));
unsigned char old[128];
uint32_t here;
extern char handled[];

/* A switch of threads may lose an instruction's address between it and FNSTENV: then it is done again. */
#define LAST(text) \
    do { \
        int tries = 100; \
        do \
            __asm__ volatile("fninit\n\tfld1\n\tfld1\n\tfld1\n\tmovl $1f, here\n\t1: " text "\n\tfnstenv environment\n\tfninit" : : : "eax", "memory", "st"); \
        while (environment.instruction == 0 && --tries); \
        printf("%-24s %s\n", text, environment.instruction == here ? "is the last" : tries == 0 ? "clears" : "is not noted"); \
    } while (0)

static void moves(void)
{
    LAST("nop");
    LAST("flds single");
    LAST("fldl numbers");
    LAST("fldt extended");
    LAST("faddl numbers");
    LAST("fildl integer");
    LAST("fstl numbers");
    LAST("fistl integer");
    LAST("fadd %%st(1), %%st");
    LAST("fdivp");
    LAST("fxch");
    LAST("fcmovb %%st(1), %%st");
    LAST("fcomi %%st(1)");
    LAST("fchs");
    LAST("fsqrt");
    LAST("fsin");
    LAST("fldpi");
    LAST("fnop");
    LAST("fincstp");
    LAST("fdecstp");
    LAST("ffree %%st(1)");
    LAST(".byte 0x2E; fchs");
    LAST("fnclex");
    LAST("fldcw masked");
    LAST("fnstcw word");
    LAST("fnstsw word");
    LAST("fnstsw %%ax");
    LAST("fwait");
    LAST("fnstenv old");
    LAST("fnsave old");
    LAST("fninit");
    LAST("emms");
    LAST("movq %%mm0, %%mm1");
    LAST("paddb numbers, %%mm0");
    LAST("cvtpi2ps numbers, %%xmm0");
    LAST("fxsave image");
    LAST(".byte 0xDB, 0xE0");
}

static void loops(void)
{
    uint32_t seen = 0;
    for (int i = 0; i < 200000; i++) {
        __asm__ volatile("movl $1f, here\n\tlea numbers, %%" BASE "\n\tfldz\n\t1: fldl (%%" BASE ")\n\tfaddp\n\tfstp %%st(0)\n\tfnop\n\tfnop" : : : "memory", "st", BASE);
        if (i % 1000 == 0) {
            __asm__ volatile("fnstenv environment\n\tfldcw masked" : : : "memory");
            seen |= environment.instruction == 0 ? 0 : environment.instruction - here;
        }
    }

    printf("behind a loop %u\n", seen);
}

static void show(const char *what, unsigned char *at)
{
    uint16_t opcode;
    pointer_t instruction, operand;
    memcpy(&opcode, at + 6, 2);
    memcpy(&instruction, at + 8, sizeof instruction);
    memcpy(&operand, at + 16, sizeof operand);
    printf("%s: opcode %x, instruction %x, operand %d\n", what, opcode, (unsigned)instruction - here, operand == 0 ? -1 : (int)(operand - (pointer_t)&numbers));
}

static int handlers;

static void handle(int number, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    unsigned char *at = (unsigned char *)user->uc_mcontext.fpregs;
    printf("signal %d, code %d\n", number, info->si_code);
    show("frame", at + FRAME);
#ifndef __x86_64__
    uint32_t offsets[4];
    memcpy(offsets, at + 12, sizeof offsets);
    int good = offsets[0] - here == 0 && offsets[1] == 0x23 && (offsets[2] == (uint32_t)&numbers.zero || offsets[2] == 0) && offsets[3] == 0xFFFF002B;
    if (!good) printf("first part %x %x %x %x\n", offsets[0], offsets[1], offsets[2], offsets[3]);
    if (++handlers == 2) {
        uint32_t changed[3] = { here + 5, 0x07FF0023, (uint32_t)&numbers + 6 };
        memcpy(at + 12, changed, sizeof changed);
    }
#else
    if (++handlers == 2) {
        uint64_t changed[2] = { here + 5, (uint64_t)&numbers + 6 };
        memcpy(at + 6, "\xff\x07", 2);
        memcpy(at + 8, changed, sizeof changed);
    }
#endif
    user->uc_mcontext.gregs[PC] = (pointer_t)handled;
}

static void pending(void)
{
    /* The exception stays pending while it is saved and restored */
    __asm__ volatile("fninit\n\tfldcw unmasked\n\tfld1\n\tlea numbers, %%" BASE "\n\tmovl $1f, here\n\t1: fdivl 8(%%" BASE ")\n\t" FXSAVE " image\n\tfnstenv environment\n\tfnclex\n\tfninit" : : : "memory", "st", BASE);
    show("memory", image);
    printf("%x %x %d %x\n", environment.instruction - here, environment.code_and_opcode >> 16, (int)(environment.operand - (uint32_t)(pointer_t)&numbers), environment.data >> 16);
    __asm__ volatile("fninit\n\tfldcw unmasked\n\tfld1\n\tfldz\n\tmovl $1f, here\n\t1: fdivr %%st, %%st(1)\n\t" FXSAVE " image\n\tfnclex\n\tfninit" : : : "memory", "st");
    show("register", image);
    __asm__ volatile("fninit\n\tfldcw unmasked\n\tfld1\n\tlea numbers, %%" BASE "\n\tmovl $1f, here\n\t1: fdivl 8(%%" BASE ")\n\tfnsave old\n\tfnstenv environment" : : : "memory", "st", BASE);
    memcpy(&environment, old, sizeof environment);
    printf("%x %x %d\n", environment.instruction - here, environment.code_and_opcode >> 16, (int)(environment.operand - (uint32_t)(pointer_t)&numbers));

    /* Restored, and saved in each form again */
    environment.code_and_opcode = 0xF8640000, environment.instruction = here + 9, environment.operand = (uint32_t)(pointer_t)&numbers + 3;
    environment.control &= ~4, environment.status |= 4;
    __asm__ volatile("fldenv environment\n\t" FXSAVE " image\n\tdata16 fnstenv short_environment\n\tfnclex\n\tfninit" : : : "memory");
    show("loaded", image);
    printf("%x %d\n", (uint16_t)(short_environment.instruction - here), (int16_t)(short_environment.operand - (uint16_t)(pointer_t)&numbers));
    __asm__ volatile(FXRSTOR " image\n\tfnstenv environment\n\tfnclex\n\tfninit" : : : "memory");
    printf("%x %x %d\n", environment.instruction - here, environment.code_and_opcode >> 16, (int)(environment.operand - (uint32_t)(pointer_t)&numbers));
    short_environment.control &= ~4;
    short_environment.status |= 4;
    __asm__ volatile("data16 fldenv short_environment\n\tfnstenv environment\n\tfnclex\n\tfninit" : : : "memory");
    printf("%x %x %d\n", (uint16_t)(environment.instruction - here), environment.code_and_opcode >> 16, (int16_t)(environment.operand - (uint32_t)(pointer_t)&numbers));
    __asm__ volatile(FXRSTOR " image\n\t" XSAVE " image\n\tfnclex\n\tfninit" : : "a"(1), "d"(0) : "memory");
    show("xsave", image);
    __asm__ volatile(XRSTOR " image\n\tfnsave old" : : "a"(1), "d"(0) : "memory");
    memcpy(&environment, old, sizeof environment);
    printf("%x %x %d\n", environment.instruction - here, environment.code_and_opcode >> 16, (int)(environment.operand - (uint32_t)(pointer_t)&numbers));
    memset(image + 512, 0, 64);
    __asm__ volatile("fld1\n\t" XRSTOR " image\n\tfnstenv environment" : : "a"(1), "d"(0) : "memory");
    printf("%x %x %x\n", environment.instruction, environment.code_and_opcode, environment.operand);
}

static void signals(void)
{
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGFPE, &action, NULL);
    for (int i = 0; i < 2; i++) {
        /* Of i386 what the handler has not changed comes back without an opcode */
        __asm__ volatile("fninit\n\tfldcw unmasked\n\tfld1\n\tlea numbers, %%" BASE "\n\tmovl $1f, here\n\t1: fdivl 8(%%" BASE ")\n\tnop\n\tfwait\n\thandled:\n\t"
            "fnstenv environment\n\tfnclex\n\tfninit" : : : "memory", "st", BASE);
        printf("%x %x %d\n", environment.instruction - here, i == 0 ? 0 : environment.code_and_opcode >> 16, (int)(environment.operand - (uint32_t)(pointer_t)&numbers));
    }
}

int main(void)
{
    moves();
    loops();
    pending();
    signals();
    return 0;
}
