/* Arithmetic of SSE in loops that run often, in each rounding direction, with flushing, and with results now and then that are no plain numbers: sums to the bit, and what MXCSR holds. */
#pragma GCC target("sse2")
#include <emmintrin.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, unsigned control, double value)
{
    unsigned long long bits;
    memcpy(&bits, &value, sizeof bits);
    printf("%s %x: %016llx mxcsr %x\n", what, control, bits, _mm_getcsr());
}

/* Each step adds up quotients; every so many the divisor is one of `special`. */
static __attribute__((noinline)) double quotients(int steps, int every, const double *special, int count)
{
    __m128d sum = _mm_setzero_pd(), one = _mm_set1_pd(1);
    for (int i = 1, k = every; i <= steps; i++) {
        __m128d divisor = _mm_cvtsi32_sd(one, i);
        if (--k == 0) {
            divisor = _mm_load_sd(&special[i % count]);
            k = every;
        }
        __m128d quotient = _mm_div_sd(one, divisor);
        if (_mm_comilt_sd(quotient, _mm_set_sd(1e300)) && _mm_comigt_sd(quotient, _mm_set_sd(-1e300)))
            sum = _mm_add_sd(sum, quotient);
        else
            sum = _mm_sub_sd(sum, one);
    }
    return _mm_cvtsd_f64(sum);
}

/* Falls through the denormals to zero and starts again. */
static __attribute__((noinline)) double fall(int steps, double start, double factor)
{
    __m128d x = _mm_set1_pd(start), f = _mm_set_pd(factor, 1), sum = _mm_setzero_pd();
    for (int i = 0; i < steps; i++) {
        x = _mm_mul_sd(x, _mm_set_sd(factor));
        sum = _mm_add_pd(sum, _mm_mul_pd(x, f));
        if (_mm_comieq_sd(x, _mm_setzero_pd()))
            x = _mm_set1_pd(start);
    }
    return _mm_cvtsd_f64(_mm_add_sd(sum, _mm_unpackhi_pd(sum, sum)));
}

/* Nothing is ever rounded. */
static __attribute__((noinline)) double count(int steps)
{
    __m128d x = _mm_setzero_pd(), one = _mm_set_sd(1);
    for (int i = 0; i < steps; i++) {
        x = _mm_add_sd(x, one);
        if (_mm_cvttsd_si32(x) & 1)
            x = _mm_mul_sd(x, one);
    }
    return _mm_cvtsd_f64(x);
}

static __attribute__((noinline)) float singles(int steps)
{
    __m128 x = _mm_set_ss(1), third = _mm_set_ss(1.0f / 3), sum = _mm_setzero_ps();
    for (int i = 0; i < steps; i++) {
        x = _mm_add_ss(_mm_mul_ss(x, third), _mm_sqrt_ss(_mm_cvtsd_ss(x, _mm_cvtsi32_sd(_mm_setzero_pd(), i))));
        sum = _mm_add_ss(sum, x);
    }
    return _mm_cvtss_f32(sum);
}

int main(void)
{
    static const double special[] = {0.0, -0.0, 1e-310, 1.0 / 0.0, 4e-324, -1e308, 0.0 / 0.0};
    static const unsigned controls[] = {0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9f80, 0x1fc0, 0x9fc0, 0x1fa0, 0x1f80};
    for (unsigned i = 0; i < sizeof controls / sizeof *controls; i++) {
        unsigned control = controls[i];
        _mm_setcsr(control);
        show("count", control, count(60000));
        _mm_setcsr(control);
        show("quotients", control, quotients(60000, 60000, special, 1));
        show("rare", control, quotients(60000, 5000, special, 7));
        show("often", control, quotients(60000, 3, special, 7));
        _mm_setcsr(control);
        show("fall", control, fall(60000, 1, 0.5));
        show("fall", control, fall(60000, 1e-290, 0.3));
        _mm_setcsr(control);
        show("singles", control, singles(60000));
    }
    return 0;
}
