// The floating-point environment: rounding modes, cumulative flags, NaN payloads, denormals, fused operations, conversions at the edges.
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#pragma STDC FENV_ACCESS ON

static uint64_t bits(double value)
{
    uint64_t result;
    memcpy(&result, &value, 8);
    return result;
}

static uint32_t bits_f(float value)
{
    uint32_t result;
    memcpy(&result, &value, 4);
    return result;
}

static double from(uint64_t value)
{
    double result;
    memcpy(&result, &value, 8);
    return result;
}

static void flags(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);
    printf(" %s%s%s%s%s\n", raised & FE_INVALID ? "V" : "-", raised & FE_DIVBYZERO ? "Z" : "-", raised & FE_OVERFLOW ? "O" : "-",
        raised & FE_UNDERFLOW ? "U" : "-", raised & FE_INEXACT ? "X" : "-");
    feclearexcept(FE_ALL_EXCEPT);
}

int main(void)
{
    static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
    static const uint64_t edge[] = { 0, 0x8000000000000000, 1, 0x000fffffffffffff, 0x0010000000000000, 0x3ff0000000000000, 0x3ff0000000000001, 0xbff8000000000000,
        0x7fefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0xfff8dead0000beef, 0x4340000000000001, 0x41dfffffffe00000,
        0x43e0000000000000, 0x3fb999999999999a, 0x4008000000000000, 0x36a0000000000000, 0x47efffffe0000000, 0x47efffffffffffff };
    enum { COUNT = sizeof edge / sizeof *edge };
    for (int m = 0; m < 4; m++)
    {
        fesetround(modes[m]);
        printf("mode %d\n", fegetround() == modes[m]);
        feclearexcept(FE_ALL_EXCEPT);
        for (int i = 0; i < COUNT; i++)
        {
            volatile double a = from(edge[i]);
            volatile float f = (float)a;
            printf("%016lx f %08x", (unsigned long)edge[i], bits_f(f));
            flags();
            volatile double r = sqrt(a);
            printf(" sqrt %016lx", (unsigned long)bits(r));
            flags();
            r = nearbyint(a);
            printf(" nearbyint %016lx", (unsigned long)bits(r));
            flags();
            r = rint(a) + floor(a) + ceil(a) + trunc(a) + round(a);
            printf(" round %016lx", (unsigned long)bits(r));
            flags();
            volatile long w;
            volatile unsigned u;
            __asm__ volatile("fcvtzs %0, %d1" : "=r"(w) : "w"(a));
            printf(" %lx", w);
            __asm__ volatile("fcvtns %0, %d1" : "=r"(w) : "w"(a));
            printf(" %lx", w);
            __asm__ volatile("fcvtzu %w0, %d1" : "=r"(u) : "w"(a));
            printf(" %x", u);
            flags();
            for (int j = 0; j < COUNT; j += 1 + (i + m) % 3)
            {
                volatile double b = from(edge[j]);
                volatile double sum = a + b, product = a * b, quotient = a / b, difference = a - b;
                printf("  %016lx %016lx %016lx %016lx", (unsigned long)bits(sum), (unsigned long)bits(product), (unsigned long)bits(quotient), (unsigned long)bits(difference));
                flags();
                volatile double fused = fma(a, b, from(edge[(i + j) % COUNT])), large, small;
                __asm__ volatile("fmax %d0, %d1, %d2" : "=w"(large) : "w"(a), "w"(b));
                __asm__ volatile("fminnm %d0, %d1, %d2" : "=w"(small) : "w"(a), "w"(b));
                printf("  %016lx %016lx %016lx %d%d%d", (unsigned long)bits(fused), (unsigned long)bits(large), (unsigned long)bits(small), a < b, a == b, isunordered(a, b));
                flags();
                volatile float fa = (float)a, fb = (float)b, fs = fa + fb, fp = fa * fb, fq = fa / fb;
                printf("  %08x %08x %08x", bits_f(fs), bits_f(fp), bits_f(fq));
                flags();
            }
        }

        static const long long whole[] = { 0, 1, -1, 0x7fffffffffffffff, (long long)0x8000000000000000ull, 0x20000000000001, -0x20000000000003, 0x1000001 };
        for (int i = 0; i < 8; i++)
        {
            volatile long long n = whole[i];
            volatile double d = (double)n, du = (double)(unsigned long long)n;
            volatile float f = (float)n, fu = (float)(unsigned)n;
            printf("%016lx %016lx %08x %08x", (unsigned long)bits(d), (unsigned long)bits(du), bits_f(f), bits_f(fu));
            flags();
        }
    }

    fesetround(FE_TONEAREST);
    feraiseexcept(FE_OVERFLOW | FE_INVALID);
    flags();
    fenv_t saved;
    feholdexcept(&saved);
    volatile double zero = 0, infinite = 1 / zero;
    printf("%g %d\n", infinite, fetestexcept(FE_DIVBYZERO) != 0);
    fesetenv(&saved);
    printf("%d\n", fetestexcept(FE_ALL_EXCEPT));
    return 0;
}
