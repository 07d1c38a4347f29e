// Arithmetic, roots, conversions and comparisons on edge operands in every rounding mode: a hash of each operand's results, which are IEEE's to the last bit on every machine.
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint64_t operands[] = {
    0, 1, 2, 0x000fffffffffffff, 0x0010000000000000, 0x0010000000000001, 0x001fffffffffffff, 0x3690000000000001, 0x36a0000000000000, 0x380fffffc0000000, 0x3810000000000000,
    0x3ca0000000000000, 0x3ca0000000000001, 0x3e40000000000000, 0x3fd5555555555555, 0x3fefffffffffffff, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000010000000, 0x3ff0000030000000,
    0x3ff8000000000000, 0x4008000000000000, 0x400921fb54442d18, 0x41dfffffffc00000, 0x433fffffffffffff, 0x4340000000000000, 0x43dfffffffffffff, 0x43e0000000000000, 0x47efffffe0000000,
    0x47effffff0000000, 0x47f0000000000000, 0x7fe0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff8000000000000,
};

enum { COUNT = sizeof operands / sizeof *operands };

static volatile double left, right;
static uint64_t hash;

static double value(int i)
{
    uint64_t bits = operands[i >> 1] | (uint64_t)(i & 1) << 63;
    double x;
    memcpy(&x, &bits, 8);
    return x;
}

static void note(uint64_t bits)
{
    hash = (hash ^ bits) * 0x100000001b3;
    hash ^= hash >> 29;
}

// Which NaN it is, is the machine's own business (IEEE 754-2019, 6.2.3).
static void wide(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, 8);
    note(x != x ? 0x7ff8000000000000 : bits);
}

static void narrow(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, 4);
    note(x != x ? 0x7fc00000 : bits);
}

int main(void)
{
    static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
    for (int mode = 0; mode < 4; mode++)
    {
        for (int i = 0; i < 2 * COUNT; i++)
        {
            hash = 0xcbf29ce484222325;
            fesetround(modes[mode]);
            left = value(i);
            wide(sqrt(left));
            narrow((float)left);
            narrow(sqrtf((float)left));
            wide((double)(float)left);
            int64_t whole = (int64_t)(operands[i >> 1] >> (i & 1));
            volatile int64_t integer = whole;
            wide((double)integer);
            narrow((float)integer);
            if (fabs(left) < 0x1p62)
            {
                note((uint64_t)(int64_t)left);
                note((uint64_t)(int64_t)(float)left);
            }

            for (int j = 0; j < 2 * COUNT; j++)
            {
                right = value(j);
                volatile double sum = left + right, difference = left - right, product = left * right, quotient = left / right;
                volatile float a = (float)left, b = (float)right;
                volatile float small_sum = a + b, small_difference = a - b, small_product = a * b, small_quotient = a / b;
                wide(sum);
                wide(difference);
                wide(product);
                wide(quotient);
                narrow(small_sum);
                narrow(small_difference);
                narrow(small_product);
                narrow(small_quotient);
                note((uint64_t)((left < right) | (left <= right) << 1 | (left == right) << 2 | (left != right) << 3 | (a < b) << 4 | (a == b) << 5));
            }

            fesetround(FE_TONEAREST);
            printf("%d %2d %016llx\n", mode, i, (unsigned long long)hash);
        }
    }

    return 0;
}
