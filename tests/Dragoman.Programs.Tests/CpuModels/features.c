// What a process sees of its CPU's features: AT_HWCAP, the ID registers, and which instructions are there.
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>

static sigjmp_buf escape;

static void illegal(int signal)
{
    siglongjmp(escape, signal);
}

#define ID(name, register, mask)                                             \
    do {                                                                     \
        uint64_t value;                                                      \
        __asm__ volatile("mrs %0, " register : "=r"(value));                 \
        printf("%s %016llx\n", name, (unsigned long long)(value & (mask)));  \
    } while (0)

#define TRY(name, ...)                                                                                                     \
    do {                                                                                                                   \
        if (sigsetjmp(escape, 1) == 0) {                                                                                   \
            uint64_t cell[2] = { 0, 0 };                                                                                   \
            register uint64_t *x0 __asm__("x0") = cell;                                                                    \
            __asm__ volatile(".arch armv8.5-a+crypto\n\t" __VA_ARGS__ : "+r"(x0) : : "x1", "x2", "v0", "v1", "cc", "memory"); \
            puts(name " works");                                                                                           \
        } else {                                                                                                           \
            puts(name " is undefined");                                                                                    \
        }                                                                                                                  \
    } while (0)

int main(void)
{
    // The features that are compared: of others Dragoman has none.
    printf("hwcap %08lx\n", getauxval(AT_HWCAP) & 0x2c10b9fb);
    ID("midr", "midr_el1", ~0ull);
    ID("isar0", "id_aa64isar0_el1", 0x00f0f000f0ffffffull);
    ID("isar1", "id_aa64isar1_el1", 0x000000f000f0f000ull);

    struct sigaction action = { .sa_handler = illegal };
    sigaction(SIGILL, &action, 0);
    TRY("crc32", "crc32x w1, w1, x2");
    TRY("aes", "aese v0.16b, v1.16b");
    TRY("pmull", "pmull v0.1q, v0.1d, v1.1d");
    TRY("sha1", "sha1h s0, s1");
    TRY("sha256", "sha256su0 v0.4s, v1.4s");
    TRY("lse", "ldadd x1, x2, [x0]");
    TRY("lor", "ldlar x1, [x0]");
    TRY("rdm", "sqrdmlah v0.4s, v0.4s, v1.4s");
    TRY("dotprod", "udot v0.4s, v1.16b, v1.16b");
    TRY("lrcpc", "ldapr x1, [x0]");
    TRY("lrcpc2", "ldapur x1, [x0, #8]");
    TRY("flagm", "cfinv");
    TRY("sb", "sb");
    TRY("jscvt", "fjcvtzs w1, d0");
    return 0;
}
