/* What CPUID declares of saving state, of random numbers and of cache lines is there: used where it is declared, with the same lines whether it is or not. */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>

#ifdef __SSE__
#define VECTOR "xmm1",
#else
#define VECTOR
#endif

static unsigned char area[1024] __attribute__((aligned(64)));
static unsigned a, b, c, d;

static unsigned long word(int offset)
{
    unsigned long value;
    memcpy(&value, area + offset, sizeof value);
    return value;
}

/* Saves, changes and restores xmm1, ymm1's upper half, MXCSR and the x87's control word. */
static void round_trip(const char *name, const char *save, unsigned mask)
{
    static const unsigned numbers[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    unsigned after[8], mxcsr = 0x1F80 | 3 << 13, plain = 0x1F80, loaded;
    unsigned short control = 0x27F, normal = 0x37F, restored;
    memset(area, 0, sizeof area);
    __asm__ volatile(
        "vmovups %[n], %%ymm1\n\tldmxcsr %[m]\n\tfldcw %[c]\n\t"
        "mov %[which], %%eax\n\txor %%edx, %%edx\n\tcmp $1, %[kind]\n\tjb 1f\n\tje 2f\n\txsave %[area]\n\tjmp 3f\n1:\txsavec %[area]\n\tjmp 3f\n2:\txsaveopt %[area]\n3:\t"
        "vpxor %%ymm1, %%ymm1, %%ymm1\n\tldmxcsr %[p]\n\tfldcw %[f]\n\txor %%edx, %%edx\n\tmov %[which], %%eax\n\txrstor %[area]\n\t"
        "vmovups %%ymm1, %[after]\n\tstmxcsr %[loaded]\n\tfnstcw %[restored]\n\tldmxcsr %[p]\n\tfldcw %[f]\n\tvzeroupper"
        : [after] "=m"(after), [loaded] "=m"(loaded), [restored] "=m"(restored), [area] "+m"(area)
        : [n] "m"(numbers), [m] "m"(mxcsr), [c] "m"(control), [p] "m"(plain), [f] "m"(normal), [which] "r"(mask), [kind] "r"(save[0] == 'c' ? 0 : save[0] == 'o' ? 1 : 2)
        : "eax", "edx", VECTOR "memory", "cc");
    printf("%s %u: %u %u %x %x\n", name, mask, after[0], after[7], loaded & 0x6000, restored);
    if (save[0] == 'c')
    {
        printf("compact %d, of parts %lx\n", area[527] >> 7, word(520) & 7);
    }
}

int main(void)
{
    __cpuid(1, a, b, c, d);
    int has_avx = (c >> 28 & 1) && (c >> 27 & 1), has_random = c >> 30 & 1;
    __cpuid_count(7, 0, a, b, c, d);
    int has_seed = b >> 18 & 1, has_flush = b >> 23 & 1, has_write_back = b >> 24 & 1, has_number = c >> 22 & 1;
    unsigned state = 0, size = 0;
    if (has_avx)
    {
        __cpuid_count(0xD, 1, state, size, c, d);
    }

    int differs = 0;
    for (int i = 0; has_random && i < 10; i++)
    {
        unsigned long x = 0, y = 0;
        unsigned char carry = 0, zero = 1;
        unsigned short narrow = 0;
        __asm__ volatile("rdrand %0\n\tsetc %1\n\tsetz %2" : "=r"(x), "=q"(carry), "=q"(zero) : : "cc");
        __asm__ volatile("rdrand %0" : "=r"(y) : : "cc");
        __asm__ volatile("rdrand %0" : "=r"(narrow) : : "cc");
        differs += x != y && carry == 1 && zero == 0;
    }

    printf("random %d\n", !has_random || differs == 10);
    differs = 0;
    for (int i = 0; has_seed && i < 200; i++)
    {
        unsigned long x = 0;
        unsigned char carry = 0;
        __asm__ volatile("rdseed %0\n\tsetc %1" : "=r"(x), "=q"(carry) : : "cc");
        differs += carry == 1 && x != 0;
    }

    printf("seeds %d\n", !has_seed || differs > 0);
    if (has_flush) { __asm__ volatile("clflushopt %0" : "+m"(area)); }
    if (has_write_back) { __asm__ volatile("clwb %0" : "+m"(area)); }
    if (has_number) { unsigned long x; __asm__ volatile("rdpid %0" : "=r"(x)); printf("small %d\n", x < 1 << 24); } else { printf("small 1\n"); }

    if (!has_avx)
    {
        printf("no AVX\n");
        return 0;
    }

    for (unsigned mask = 4; mask < 8; mask++)
    {
        round_trip("xsave", "s", mask);
        round_trip("xsaveopt", state & 1 ? "o" : "s", mask);
        if (state & 2)
        {
            round_trip("xsavec", "c", mask);
        }
    }

    if (state & 4)
    {
        __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
        printf("in use, of what is enabled %d\n", (a & 2) != 0 && d == 0);
    }

    printf("size %d\n", (state & 2) == 0 || size >= 832);
    return 0;
}
