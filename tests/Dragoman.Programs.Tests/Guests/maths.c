// The C library's mathematics, bit for bit; complex numbers; half precision.
#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// The sign of a NaN result is the machine's own business (IEEE 754-2019, 6.3). fabs would not do: GCC drops it where it knows that a number cannot be negative.
static double plain(double x)
{
    return isnan(x) ? (double)NAN : x;
}

#define ONE(name) printf(#name " %a %a\n", plain(name(x)), plain(name##f((float)x)))
#define TWO(name) printf(#name " %a %a\n", plain(name(x, y)), plain(name##f((float)x, (float)y)))

int main(void)
{
    for (int i = 0; i < 60; i++)
    {
        double x = (i - 30) * 0.37 + i * i * 0.001, y = (i % 7 - 3) * 0.91;
        ONE(sin); ONE(cos); ONE(tan); ONE(atan); ONE(sinh); ONE(cosh); ONE(tanh); ONE(exp); ONE(exp2); ONE(expm1); ONE(cbrt); ONE(erf); ONE(tgamma); ONE(lgamma);
        ONE(floor); ONE(ceil); ONE(trunc); ONE(round); ONE(rint); ONE(fabs); ONE(asinh); ONE(logb);
        x = fabs(x) + 0.01;
        ONE(log); ONE(log2); ONE(log10); ONE(log1p); ONE(sqrt); ONE(acosh);
        TWO(pow); TWO(atan2); TWO(hypot); TWO(fmod); TWO(remainder); TWO(fdim); TWO(fmax); TWO(fmin); TWO(copysign); TWO(nextafter);
        int exponent, quotient;
        double fraction = frexp(x, &exponent), whole, rest = modf(x, &whole);
        printf("%a %d %a %a %a %d\n", fraction, exponent, whole, rest, remquo(x, 0.7, &quotient), quotient & 7);
        printf("%a %ld %lld %ld\n", ldexp(x, i - 20), lround(x), llrint(x * 1000), lrint(-x));
        double complex z = x + y * I, w = csqrt(z) * cexp(z / 10) / (z + 1);
        printf("%a %a %a\n", creal(w), cimag(w), cabs(clog(z)));
#if defined(__aarch64__)
        __fp16 half = (__fp16)x;
        printf("%a\n", (double)half);
#endif
    }

    return 0;
}
