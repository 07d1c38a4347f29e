// 128-bit integers: multiplication, division, shifts, comparison; and checked arithmetic, bit counts, byte swaps.
#include <stdint.h>
#include <stdio.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

static void show(const char *what, u128 value)
{
    printf("%s %016lx%016lx\n", what, (unsigned long)(value >> 64), (unsigned long)value);
}

static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

int main(void)
{
    for (int i = 0; i < 200; i++)
    {
        u128 a = (u128)next() << 64 | next(), b = (u128)(i % 3 ? next() : 0) << 64 | next();
        b >>= i % 100;
        b |= 1;
        show("mul", a * b);
        show("div", a / b);
        show("mod", a % b);
        show("sdiv", (u128)((s128)a / (s128)b));
        show("smod", (u128)((s128)a % (s128)b));
        show("shl", a << (i % 128));
        show("shr", a >> (i % 128));
        show("sar", (u128)((s128)a >> (i % 128)));
        show("add", a + b);
        show("sub", b - a);
        printf("%d%d%d\n", a < b, (s128)a < (s128)b, a == b);
        int64_t x = (int64_t)a, y = (int64_t)b, r;
        uint64_t u;
        int32_t w;
        printf("%d %d %d %d %d\n", __builtin_add_overflow(x, y, &r), __builtin_sub_overflow(x, y, &r), __builtin_mul_overflow(x, y >> (i % 64), &r),
            __builtin_add_overflow((uint64_t)x, (uint64_t)y, &u), __builtin_mul_overflow((int32_t)x, (int32_t)y, &w));
        printf("%d %d %d %d %016lx %08x %04x\n", __builtin_clzll((uint64_t)y), __builtin_ctzll((uint64_t)y | 1ull << 63), __builtin_popcountll((uint64_t)x),
            __builtin_clrsbll(x), (unsigned long)__builtin_bswap64((uint64_t)x), __builtin_bswap32((uint32_t)x), __builtin_bswap16((uint16_t)x));
        printf("%ld %ld %lu %d %u\n", (long)(x / (y | 1)), (long)(x % (y | 1)), (unsigned long)((uint64_t)x / ((uint64_t)y | 1)), (int)x / ((int)y | 1), (unsigned)x % ((unsigned)y | 1));
    }

    return 0;
}
