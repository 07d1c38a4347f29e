/* The x87 in a process: long double, its environment, exceptions that are not masked, and what signal frames keep of it. */
#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static sigjmp_buf back;
static volatile sig_atomic_t ticks;

static void trapped(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    siglongjmp(back, info->si_code);
}

static void tick(int number)
{
    /* Fills the x87's stack and leaves it changed: the frame must bring it back. */
    __asm__ volatile("fninit\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldl2e");
    ticks += number != 0;
}

static void divide(void) { volatile long double zero = 0, x = 1; x /= zero; x += 1; }
static void invalid(void) { volatile long double x = -1; x = sqrtl(x); __asm__ volatile("fldz\n\tfldz\n\tfdivrp\n\tfstp %st(0)\n\tfwait"); }
static void overflow(void) { volatile long double x = 1e4932L; x *= x; x += 1; }
static void inexact(void) { volatile long double x = 1, three = 3; x /= three; x += 1; }

static void expect(const char *what, int exception, void (*deed)(void))
{
    feclearexcept(FE_ALL_EXCEPT);
    int code = sigsetjmp(back, 1);
    if (code == 0)
    {
        feenableexcept(exception);
        deed();
    }

    fedisableexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    printf("%s: %d\n", what, code);
}

int main(void)
{
    static const int modes[] = { FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO };
    volatile long double x = 1, y = 3;
    for (int i = 0; i < 4; i++)
    {
        fesetround(modes[i]);
        printf("%La %La %ld %La\n", x / y, -x / y, lrintl(y / 2), rintl(-y / 2));
    }

    fesetround(FE_TONEAREST);
    for (int i = -8; i <= 8; i++)
    {
        volatile long double z = i * 0.75L;
        printf("%.17Lg %.17Lg %.15Lg %.17Lg %.15Lg\n", sqrtl(fabsl(z)), fmodl(z, 0.7L), expl(z), ldexpl(z, 40), atanl(z));
        printf("%.15Lg %.15Lg %.15Lg %.15Lg %lld %.18Lg\n", sinl(z), cosl(z), log2l(fabsl(z) + 1), powl(fabsl(z), 1.5L), (long long)z, floorl(z));
    }

    char text[64];
    snprintf(text, sizeof text, "%.20Lg", strtold("3.14159265358979323846264338327950288", NULL));
    printf("%s %d %d %d\n", text, isnan(NAN) != 0, isinf(-INFINITY) != 0, (int)fpclassify(1e-4940L));

    unsigned short control;
    __asm__ volatile("fnstcw %0" : "=m"(control));
    control = (control & ~0x300) | 0x200;
    __asm__ volatile("fldcw %0" : : "m"(control));
    printf("double %La\n", x / y);
    control |= 0x300;
    __asm__ volatile("fldcw %0" : : "m"(control));

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = trapped;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGFPE, &action, NULL);
    expect("divide", FE_DIVBYZERO, divide);
    expect("invalid", FE_INVALID, invalid);
    expect("overflow", FE_OVERFLOW, overflow);
    expect("inexact", FE_INEXACT, inexact);
    expect("masked", FE_INEXACT, divide);

    signal(SIGALRM, tick);
    struct itimerval every = { { 0, 2000 }, { 0, 2000 } };
    setitimer(ITIMER_REAL, &every, NULL);
    long double sum = 0;
    long turns = 0;
    while (ticks < 20)
    {
        for (int i = 1; i <= 1000; i++)
        {
            sum += 1.0L / i;
        }

        for (int i = 1000; i >= 1; i--)
        {
            sum -= 1.0L / i;
        }

        turns++;
    }

    printf("kept: %d\n", fabsl(sum) < turns * 1e-15L);
    return 0;
}
