// Loops that compilers vectorise, for each element type, and the intrinsics that they do not find by themselves.
#include <arm_neon.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N = 203 };

static uint32_t hash;

static void mix(const void *data, size_t length)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < length; i++)
    {
        hash = (hash ^ p[i]) * 16777619u;
    }
}

#define LOOPS(type, name) \
    static void __attribute__((noinline)) name(type *restrict r, const type *restrict a, const type *restrict b, int n) \
    { \
        type sum = 0, low = a[0], high = a[0]; \
        for (int i = 0; i < n; i++) r[i] = (type)(a[i] + b[i]); \
        for (int i = 0; i < n; i++) r[i] = (type)(r[i] * a[i] - b[i]); \
        for (int i = 0; i < n; i++) sum = (type)(sum + r[i]); \
        for (int i = 0; i < n; i++) { low = a[i] < low ? a[i] : low; high = a[i] > high ? a[i] : high; } \
        for (int i = 0; i < n; i++) r[i] = a[i] > b[i] ? r[i] : (type)(a[i] - b[i]); \
        for (int i = 0; i < n / 2; i++) { r[2 * i] = (type)(r[2 * i] + a[i]); r[2 * i + 1] = (type)(r[2 * i + 1] + b[i]); } \
        mix(r, sizeof(type) * (size_t)n); \
        mix(&sum, sizeof sum); mix(&low, sizeof low); mix(&high, sizeof high); \
        printf(#name " %08x\n", hash); \
    }

#define BITS(type, name) \
    static void __attribute__((noinline)) name(type *restrict r, const type *restrict a, const type *restrict b, int n) \
    { \
        for (int i = 0; i < n; i++) r[i] = (type)((a[i] & b[i]) ^ (a[i] | (type)~b[i])); \
        for (int i = 0; i < n; i++) r[i] = (type)(r[i] << 3 | a[i] >> 2); \
        for (int i = 0; i < n; i++) r[i] = (type)(r[i] >> (b[i] & 7)); \
        mix(r, sizeof(type) * (size_t)n); \
        printf(#name " %08x\n", hash); \
    }

LOOPS(int8_t, s8) LOOPS(uint8_t, u8) LOOPS(int16_t, s16) LOOPS(uint16_t, u16) LOOPS(int32_t, s32) LOOPS(uint32_t, u32) LOOPS(int64_t, s64) LOOPS(uint64_t, u64)
LOOPS(float, f32) LOOPS(double, f64)
BITS(int8_t, b8) BITS(uint8_t, bu8) BITS(int16_t, b16) BITS(uint16_t, bu16) BITS(int32_t, b32) BITS(uint32_t, bu32) BITS(int64_t, b64) BITS(uint64_t, bu64)

static union { uint8_t b[N * 8]; int8_t s8[N]; uint8_t u8[N]; int16_t s16[N]; uint16_t u16[N]; int32_t s32[N]; uint32_t u32[N]; int64_t s64[N]; uint64_t u64[N]; float f32[N]; double f64[N]; } r, a, b;

static void __attribute__((noinline)) conversions(void)
{
    for (int i = 0; i < N; i++) r.f32[i] = (float)a.s32[i];
    mix(&r, sizeof r);
    for (int i = 0; i < N; i++) r.f64[i] = (double)a.u32[i];
    mix(&r, sizeof r);
    for (int i = 0; i < N; i++) r.s16[i] = a.s8[i];
    mix(&r, sizeof r);
    for (int i = 0; i < N; i++) r.u8[i] = (uint8_t)a.u32[i];
    mix(&r, sizeof r);
    for (int i = 0; i < N; i++) r.s64[i] = (int64_t)a.s32[i] * b.s32[i];
    mix(&r, sizeof r);
    for (int i = 0; i < N; i++) r.u16[i] = (uint16_t)(a.u8[i] * b.u8[i]);
    mix(&r, sizeof r);
    printf("conversions %08x\n", hash);
}

static void intrinsics(void)
{
    for (int i = 0; i + 16 <= N; i += 3)
    {
        int8x16_t x = vld1q_s8(a.s8 + i), y = vld1q_s8(b.s8 + i);
        uint8x16_t ux = vreinterpretq_u8_s8(x), uy = vreinterpretq_u8_s8(y);
        int16x8_t hx = vreinterpretq_s16_s8(x), hy = vreinterpretq_s16_s8(y);
        int32x4_t wx = vreinterpretq_s32_s8(x), wy = vreinterpretq_s32_s8(y);
        uint32x4_t uwx = vreinterpretq_u32_s8(x);
#define KEEP(expression) do { __auto_type kept = (expression); mix(&kept, sizeof kept); } while (0)
        KEEP(vqaddq_s8(x, y)); KEEP(vqsubq_u8(ux, uy)); KEEP(vhaddq_s8(x, y)); KEEP(vrhaddq_u8(ux, uy)); KEEP(vabdq_s8(x, y)); KEEP(vabaq_u8(ux, uy, ux));
        KEEP(vqabsq_s8(x)); KEEP(vqnegq_s16(hx)); KEEP(vqdmulhq_s16(hx, hy)); KEEP(vqrdmulhq_s32(wx, wy)); KEEP(vqdmull_s16(vget_low_s16(hx), vget_high_s16(hy)));
        KEEP(vqshlq_s8(x, y)); KEEP(vrshlq_s16(hx, hy)); KEEP(vqrshlq_u8(ux, y)); KEEP(vshrq_n_s32(wx, 5)); KEEP(vrshrq_n_u8(ux, 3)); KEEP(vsraq_n_s8(x, y, 2));
        KEEP(vsliq_n_u8(ux, uy, 3)); KEEP(vsriq_n_u8(ux, uy, 3)); KEEP(vqshrn_n_s16(hx, 3)); KEEP(vqshrun_n_s16(hx, 3)); KEEP(vrshrn_n_s32(wx, 9)); KEEP(vqmovun_s16(hx)); KEEP(vqmovn_s32(wx));
        KEEP(vaddl_s8(vget_low_s8(x), vget_high_s8(y))); KEEP(vaddw_high_s8(hx, y)); KEEP(vsubhn_s16(hx, hy)); KEEP(vraddhn_s32(wx, wy)); KEEP(vpaddq_s8(x, y)); KEEP(vpmaxq_u8(ux, uy)); KEEP(vpaddlq_s8(x));
        KEEP(vpadalq_u8(vreinterpretq_u16_s16(hx), uy)); KEEP(vmulq_s16(hx, hy)); KEEP(vmlaq_s32(wx, wy, wx)); KEEP(vmlsq_lane_s16(hx, hy, vget_low_s16(hx), 2)); KEEP(vmull_p8(vget_low_p8(vreinterpretq_p8_s8(x)), vget_low_p8(vreinterpretq_p8_s8(y))));
        KEEP(vclzq_s8(x)); KEEP(vclsq_s16(hx)); KEEP(vcntq_u8(ux)); KEEP(vrbitq_u8(ux)); KEEP(vrev64q_s8(x)); KEEP(vrev32q_s16(hx)); KEEP(vextq_s8(x, y, 5));
        KEEP(vzip1q_s8(x, y)); KEEP(vzip2q_s16(hx, hy)); KEEP(vuzp1q_s32(wx, wy)); KEEP(vtrn2q_s8(x, y)); KEEP(vqtbl1q_u8(ux, vandq_u8(uy, vdupq_n_u8(31)))); KEEP(vqtbx1q_u8(ux, ux, uy));
        KEEP(vqtbl2q_u8((uint8x16x2_t){ { ux, uy } }, vandq_u8(uy, vdupq_n_u8(63)))); KEEP(vbslq_u8(ux, uy, vdupq_n_u8(0x5a))); KEEP(vceqq_s8(x, y)); KEEP(vcgtq_u16(vreinterpretq_u16_s16(hx), vreinterpretq_u16_s16(hy))); KEEP(vtstq_s32(wx, wy));
        KEEP(vcltzq_s8(x)); KEEP(vmaxvq_s8(x)); KEEP(vminvq_u16(vreinterpretq_u16_s16(hx))); KEEP(vaddvq_s32(wx)); KEEP(vaddlvq_u8(ux)); KEEP(vmaxq_s16(hx, hy)); KEEP(vminq_u32(uwx, vreinterpretq_u32_s8(y)));
        KEEP(vdupq_laneq_s16(hx, 3)); KEEP(vgetq_lane_s8(x, 9)); KEEP(vsetq_lane_s32(77, wx, 2)); KEEP(vsqaddq_u8(ux, y)); KEEP(vuqaddq_s8(x, uy));
        float32x4_t fx = vcvtq_f32_s32(wx), fy = vcvtq_f32_u32(uwx);
        KEEP(vaddq_f32(fx, fy)); KEEP(vdivq_f32(fx, fy)); KEEP(vsqrtq_f32(fy)); KEEP(vfmaq_f32(fx, fy, fx)); KEEP(vrecpeq_f32(fy)); KEEP(vrsqrteq_f32(fy)); KEEP(vrecpsq_f32(fx, fy)); KEEP(vrsqrtsq_f32(fx, fy));
        KEEP(vmaxnmq_f32(fx, fy)); KEEP(vrndnq_f32(vmulq_n_f32(fx, 0.001f))); KEEP(vcvtaq_s32_f32(vmulq_n_f32(fx, 0.01f))); KEEP(vcvtq_n_s32_f32(fx, 4)); KEEP(vpaddq_f32(fx, fy)); KEEP(vabdq_f32(fx, fy)); KEEP(vcageq_f32(fx, fy));
        KEEP(vmulq_laneq_f32(fx, fy, 1)); KEEP(vmulxq_f32(fx, fy)); KEEP(vcvt_f16_f32(vmulq_n_f32(fx, 0.00001f))); KEEP(vcvt_f64_f32(vget_low_f32(fx))); KEEP(vrecpe_u32(vget_low_u32(uwx))); KEEP(vmaxvq_f32(fx));
        int8x16x3_t three = vld3q_s8(a.s8 + i); int16x4x4_t four = vld4_s16(a.s16 + i / 2); uint8x16x2_t two = vld2q_u8(b.u8 + i);
        KEEP(three); KEEP(four); KEEP(two);
        vst3q_s8(r.s8 + i, three); vst4_s16(r.s16 + 30, four); vst2q_u8(r.u8 + 7, two); vst1q_lane_s32(r.s32 + 3, wx, 1);
        KEEP(vld1q_dup_s16(a.s16 + i / 2)); KEEP(vld2_lane_s8(a.s8 + i, (int8x8x2_t){ { vget_low_s8(x), vget_low_s8(y) } }, 3));
        mix(&r, sizeof r);
    }

    printf("intrinsics %08x\n", hash);
}

int main(void)
{
    uint32_t state = 99;
    for (size_t i = 0; i < sizeof a.b; i++)
    {
        state = state * 1664525 + 1013904223;
        a.b[i] = (uint8_t)(state >> 24);
        b.b[i] = (uint8_t)(state >> 16);
    }

    s8(r.s8, a.s8, b.s8, N); u8(r.u8, a.u8, b.u8, N); s16(r.s16, a.s16, b.s16, N); u16(r.u16, a.u16, b.u16, N);
    s32(r.s32, a.s32, b.s32, N); u32(r.u32, a.u32, b.u32, N); s64(r.s64, a.s64, b.s64, N); u64(r.u64, a.u64, b.u64, N);
    b8(r.s8, a.s8, b.s8, N); bu8(r.u8, a.u8, b.u8, N); b16(r.s16, a.s16, b.s16, N); bu16(r.u16, a.u16, b.u16, N);
    b32(r.s32, a.s32, b.s32, N); bu32(r.u32, a.u32, b.u32, N); b64(r.s64, a.s64, b.s64, N); bu64(r.u64, a.u64, b.u64, N);
    conversions();
    intrinsics();
    for (int i = 0; i < N; i++)
    {
        a.f64[i] = (i - 100) * 1.25;
        b.f64[i] = i * 0.5 - 20;
    }

    f64(r.f64, a.f64, b.f64, N);
    for (int i = 0; i < N; i++)
    {
        a.f32[i] = (float)(i - 100) * 1.25f;
        b.f32[i] = (float)i * 0.5f - 20;
    }

    f32(r.f32, a.f32, b.f32, N);
    return 0;
}
