// printf and strtod of floating point numbers: all formats; zeros, denormals, infinities, NaNs; float, double and 128-bit long double.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

int main(void)
{
    double values[] = { 0.0, -0.0, 1.0, -1.5, 0.1, 1.0 / 3.0, 3.14159265358979, 1e10, 1e-10, 1e100, 1e-100, 123456789.123456789, DBL_MAX, DBL_MIN, DBL_EPSILON,
        from_bits(1), from_bits(0x000fffffffffffff), INFINITY, -INFINITY, NAN, from_bits(0xfff8000000000000), 0.5, 2.5, 1e22, 1e23, 9007199254740993.0 };
    static const char *formats[] = { "[%f]", "[%e]", "[%g]", "[%a]", "[%.0f]", "[%.17g]", "[%.30e]", "[%30.10f]", "[%-30.3e]", "[%+G]", "[%#g]", "[%012.4f]", "[%.3A]" };
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
    {
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        {
            printf(formats[f], values[v]);
        }

        char text[400];
        snprintf(text, sizeof text, "%.17g", values[v]);
        double back = strtod(text, NULL);
        printf(" %s %d\n", text, memcmp(&back, &values[v], 8) == 0);
    }

    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 300; i++)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double value = from_bits(state);
        char text[64];
        snprintf(text, sizeof text, "%.16e", value);
        double back = strtod(text, NULL);
        float narrow = (float)value;
        printf("%s %a %a %d %.9g\n", text, value, (double)strtof(text, NULL), isnan(value) || back == value, (double)narrow);
    }

    long double wide = 1.0L / 3.0L;
    printf("%.36Lg %La %.40Lf\n", wide, wide, wide * wide);
    printf("%Lg %Lg %Lg\n", LDBL_MAX, LDBL_MIN, LDBL_EPSILON);
    long double sum = 0;
    for (int i = 1; i <= 60; i++)
    {
        sum += 1.0L / i;
        sum -= sqrtl((long double)i) / (i * 3.0L);
    }

    printf("%.33Lf %.20Lf\n", sum, strtold("0.1", NULL));
    printf("%d %lld %u %llu\n", (int)-1.9, (long long)1e15, (unsigned)3e9, (unsigned long long)1.5e19);
    return 0;
}
