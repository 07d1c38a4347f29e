/* The x87 in loops that run often: results that lie on the stack across branches, calls and returns, every direction and precision, conversions that set the direction for
   themselves, operands that are no plain numbers, empty and full stacks. Sums to the bit, and the status, control and tag words. */
#include <stdio.h>
#include <string.h>

struct environment { unsigned control, status, tags, rest[4]; };

static void show(const char *what, long double value)
{
    unsigned char bytes[16] = { 0 };
    struct environment e;
    memcpy(bytes, &value, 10);
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(e));
    printf("%-10s ", what);
    for (int i = 9; i >= 0; i--)
        printf("%02x", bytes[i]);
    printf(" control %x status %x tags %x\n", e.control & 0xFFFF, e.status & 0xFFFF, e.tags & 0xFFFF);
}

static void set_control(unsigned short control) { __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(control)); }

/* Two sums on the stack; which of them a value is for is decided by a branch. */
static __attribute__((noinline)) long double branches(int steps)
{
    long double even = 0, odd = 1;
    for (int i = 1; i <= steps; i++) {
        long double x = 1.0L / i;
        if (i & 1)
            odd = odd + x * even;
        else
            even = even - x / odd;
        if (i % 5 == 0) {
            long double t = even;
            even = odd;
            odd = t;
        }
    }
    return even + odd;
}

static __attribute__((noinline)) long double half(long double x) { return x * 0.5L; }
static __attribute__((noinline)) double narrow(long double x) { return x + 1; }
static __attribute__((noinline)) float single(double x) { return x - 1; }

static __attribute__((noinline)) long double calls(int steps)
{
    long double sum = 0;
    for (int i = 0; i < steps; i++)
        sum += half(i) + narrow(sum * 1e-12L) * single(i);
    return sum;
}

static __attribute__((noinline)) long double memory(int steps, const float *singles, const double *doubles, const int *words, const short *halves, const long long *longs)
{
    long double x = 1;
    for (int i = 0; i < steps; i++) {
        int k = i & 7;
        __asm__("fadds %1\n\tfmull %2\n\tfisubl %3\n\tfiadds %4\n\tfildll %5\n\tfdivrp\n\tfsubrs %1\n\tfdivrl %2" : "+t"(x)
                : "m"(singles[k]), "m"(doubles[k]), "m"(words[k]), "m"(halves[k]), "m"(longs[k]));
        if (x != x)
            x = 1.25L;
    }
    return x;
}

/* As compilers convert without SSE3: the direction is set and put back. */
static __attribute__((noinline)) long long conversions(int steps, long double factor)
{
    long long sum = 0;
    for (int i = 0; i < steps; i++) {
        long double x = (i - steps / 2) * factor;
        sum += (long long)x;
        sum += (int)(x * 3);
        long long nearest;
        __asm__("fld %%st\n\tfistpll %0" : "=m"(nearest) : "t"(x) : "st(7)");
        sum ^= nearest;
    }
    return sum;
}

static __attribute__((noinline)) long double comparisons(int steps, const double *doubles)
{
    long double best = -1e30L;
    int counts[4] = { 0 };
    for (int i = 0; i < steps; i++) {
        long double x = doubles[i & 7] * (i + 1);
        counts[0] += x > best;
        counts[1] += x == best;
        counts[2] += __builtin_isunordered(x, best);
        counts[3] += x < doubles[(i + 3) & 7];
        if (x > best)
            best = x - 1e5L;
    }
    printf("%d %d %d %d\n", counts[0], counts[1], counts[2], counts[3]);
    return best;
}

static __attribute__((noinline)) long double roots(int steps)
{
    long double sum = 0;
    for (int i = 0; i < steps; i++) {
        long double x = i * 0.37L, y = 7.25L + i % 3, r, s, t;
        __asm__("fsqrt" : "=t"(r) : "0"(x));
        __asm__("fprem" : "=t"(s) : "0"(x), "u"(y));
        __asm__("frndint" : "=t"(t) : "0"(x));
        __asm__("fscale" : "+t"(t) : "u"((long double)(i % 9 - 4)));
        sum += r - s + t;
    }
    return sum;
}

/* Every loop pushes one too many, or pops one too many. */
static __attribute__((noinline)) void stacks(int steps)
{
    unsigned short status = 0;
    unsigned sum = 0;
    for (int i = 0; i < steps; i++) {
        __asm__ volatile("fninit\n\tfld1\n\tfldpi\n\tfaddp\n\tfaddp\n\tfnstsw %0" : "=m"(status));
        sum = sum * 31 + status;
        __asm__ volatile("fnclex\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfnstsw %0" : "=m"(status));
        sum = sum * 31 + status;
        __asm__ volatile("fxch %%st(3)\n\tffree %%st(2)\n\tfcoms %1\n\tfadd %%st(2)\n\tfincstp\n\tfst %%st(7)\n\tfnstsw %0\n\tfninit" : "=m"(status) : "m"(steps));
        sum = sum * 31 + status;
    }
    printf("stacks %x\n", sum);
}

int main(void)
{
    static const float singles[8] = { 1.5f, -0.25f, 3e30f, 1e-40f, 7, -9, 0.1f, 2 };
    static const double doubles[8] = { 1.0 / 3, 2.5, -1e-310, 1e200, -4, 0.125, 1e-3, 6 };
    static const int words[8] = { 1, -2, 300, 1 << 30, -7, 8, 9, 10 };
    static const short halves[8] = { 3, -30000, 30000, 5, 6, 7, -8, 9 };
    static const long long longs[8] = { 1, -1, 1LL << 60, 77, -99, 3, 1234567890123LL, 2 };
    static const double others[8] = { 1, -2, __builtin_inf(), 4, __builtin_nan(""), 6, -0.0, 8 };
    static const unsigned short controls[] = { 0x37F, 0x27F, 0x07F, 0x77F, 0xB7F, 0xF7F, 0xE7F, 0x137F };
    for (unsigned i = 0; i < sizeof controls / sizeof *controls; i++) {
        int steps = i == 0 ? 100000 : 10000;
        set_control(controls[i]);
        show("branches", branches(steps));
        show("calls", calls(steps));
        show("memory", memory(steps, singles, doubles, words, halves, longs));
        show("conversions", conversions(steps, 1e3L / 7));
        show("large", conversions(steps, 1e15L));
        show("compared", comparisons(steps, doubles));
        show("others", comparisons(steps, others));
        show("roots", roots(steps));
        __asm__ volatile("fninit");
    }
    stacks(10000);
    return 0;
}
