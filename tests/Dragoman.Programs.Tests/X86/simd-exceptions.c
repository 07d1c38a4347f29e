/* Floating-point exceptions of SSE and AVX that are not masked: what SIGFPE says, what MXCSR holds, and that no result is written; and the upper halves of YMM registers in a signal's frame. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

static sigjmp_buf back;
static unsigned control;

static void caught(int number, siginfo_t *info, void *context)
{
    ucontext_t *at = context;
    unsigned seen;
#ifdef __x86_64__
    seen = at->uc_mcontext.fpregs->mxcsr;
#else
    seen = ((unsigned *)((char *)at->uc_mcontext.fpregs + 112))[6];
#endif
    printf(" signal %d code %d vector %d mxcsr %x", number, info->si_code, (int)at->uc_mcontext.gregs[REG_TRAPNO], seen);
    siglongjmp(back, 1);
}

static void set(unsigned value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }
static unsigned get(void) { unsigned value; __asm__ volatile("stmxcsr %0" : "=m"(value)); return value; }

/* Does something with every exception masked but those given (IE 1, DE 2, ZE 4, OE 8, UE 10, PE 20), and those given seen before. */
#define TRY(what, open, before) \
    do { \
        double d[4] __attribute__((aligned(32))) = {99, 98, 97, 96}; \
        printf("%s open %x before %x:", strrchr(what, '\n') ? strrchr(what, '\n') + 2 : what, open, before); \
        if (sigsetjmp(back, 1) == 0) { \
            set(0x1f80 & ~((open) << 7) | (before)); \
            __asm__ volatile("movaps %1, %%xmm0\n\tmovaps %2, %%xmm1\n\t" what "\n\tmovaps %%xmm0, %0" : "=m"(d) : "m"(left), "m"(right) : "memory"); \
            control = get(); \
            printf(" none, mxcsr %x", control); \
        } \
        set(0x1f80); \
        printf(" result %g %g\n", d[0], d[1]); \
    } while (0)

static double left[2] __attribute__((aligned(32))), right[2] __attribute__((aligned(32)));

static void all(double a, double b, double c, double d)
{
    left[0] = a, left[1] = b, right[0] = c, right[1] = d;
    printf("%g %g with %g %g\n", a, b, c, d);
    static const unsigned open[] = {0, 1, 2, 4, 8, 0x10, 0x20, 0x3d, 0x3f};
    for (unsigned i = 0; i < sizeof open / sizeof *open; i++) {
        TRY("addsd %%xmm1, %%xmm0", open[i], 0);
        TRY("divpd %%xmm1, %%xmm0", open[i], 0);
        TRY("mulsd %%xmm1, %%xmm0", open[i], 0x3f & ~open[i]);
        TRY("cvtpd2ps %%xmm0, %%xmm0", open[i], 0);
        TRY("cvttsd2si %%xmm1, %%eax", open[i], open[i]);
        TRY("ucomisd %%xmm1, %%xmm0", open[i], 0);
        TRY("vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\tvinsertf128 $1, %%xmm1, %%ymm1, %%ymm1\n\tvdivpd %%ymm1, %%ymm0, %%ymm0", open[i], 0);
        TRY("sqrtpd %%xmm1, %%xmm0", open[i], 0);
    }
}

#ifdef __x86_64__
/* A handler sees and changes the upper half through the frame, and its own use of it does not reach the program. */
static void touched(int number, siginfo_t *info, void *context)
{
    ucontext_t *at = context;
    unsigned char *image = (unsigned char *)at->uc_mcontext.fpregs;
    unsigned magic, size, second;
    memcpy(&magic, image + 464, 4);
    memcpy(&size, image + 480, 4);
    memcpy(&second, image + size, 4);
    double upper[2];
    memcpy(upper, image + 576 + 16 * 3, 16);
    printf("magic %x %x, flags %lx, upper %g %g\n", magic, second, at->uc_flags & 1, upper[0], upper[1]);
    upper[1] = 1234;
    memcpy(image + 576 + 16 * 3, upper, 16);
    __asm__ volatile("vxorps %%ymm3, %%ymm3, %%ymm3" : : : "xmm3");
}

static void frame(void)
{
    static double in[4] __attribute__((aligned(32))) = {1, 2, 3, 4};
    double out[4] __attribute__((aligned(32)));
    struct sigaction action = {.sa_sigaction = touched, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &action, NULL);
    __asm__ volatile("vmovaps %1, %%ymm3\n\tint3\n\tvmovaps %%ymm3, %0" : "=m"(out) : "m"(in) : "xmm3", "memory");
    printf("after %g %g %g %g\n", out[0], out[1], out[2], out[3]);
}
#endif

int main(void)
{
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGFPE, &action, NULL);
    all(1, 2, 3, 4);
    all(1, 1, 0, 3);
    all(1e308, 1e308, 1.3000000000000003e308, 1e-3);
    all(1e-200, 3, 1e-200, 1e300);
    all(0, 1, 0, 0);
    all(3e-310, 2, 1e-300, 3e-310);
    all(0.0 / 0.0, 3e-310, 3e-310, 0);
    all(1e300 * 1e300, 5, -(1e300 * 1e300), -1);
#ifdef __x86_64__
    frame();
#endif
    return 0;
}
