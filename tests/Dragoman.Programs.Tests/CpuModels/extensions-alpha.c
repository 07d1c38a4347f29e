// What a process sees of an Alpha's model: AMASK, IMPLVER, which instructions are there, and with an argument AT_HWCAP and AT_PLATFORM.
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

#define TRY(text)                                                                                          \
    do {                                                                                                   \
        if (sigsetjmp(escape, 1) == 0) {                                                                   \
            static uint64_t cell;                                                                          \
            register uint64_t *at __asm__("$1") = &cell;                                                   \
            __asm__ volatile(".arch ev67\n\t" text "\n\t.arch ev4" : "+r"(at) : : "$2", "$f10", "memory"); \
            puts(text " works");                                                                           \
        } else {                                                                                           \
            puts(text " is undefined");                                                                    \
        }                                                                                                  \
    } while (0)

int main(int argc, char **argv)
{
    (void)argv;
    uint64_t mask, version;
    // Of prefetches with modify intent (bit 12) qemu says that the 21264A has them already.
    __asm__("amask %1, %0" : "=r"(mask) : "r"(0xffful));
    __asm__("implver %0" : "=r"(version));
    printf("amask %lx implver %lu\n", mask, version);

    struct sigaction action = { .sa_handler = illegal };
    sigaction(SIGILL, &action, 0);
    TRY("ldbu $2, 0($1)");
    TRY("ldwu $2, 0($1)");
    TRY("stb $31, 0($1)");
    TRY("stw $31, 0($1)");
    TRY("sextb $31, $2");
    TRY("sextw $31, $2");
    TRY("itofs $31, $f10");
    TRY("itoft $31, $f10");
    TRY("ftois $f31, $2");
    TRY("ftoit $f31, $2");
    TRY("sqrts $f31, $f10");
    TRY("sqrtt $f31, $f10");
    TRY("ctlz $31, $2");
    TRY("ctpop $31, $2");
    TRY("cttz $31, $2");
    TRY("minub8 $31, $31, $2");
    TRY("maxsw4 $31, $31, $2");
    TRY("perr $31, $31, $2");
    TRY("pklb $31, $2");
    TRY("pkwb $31, $2");
    TRY("unpkbl $31, $2");
    TRY("unpkbw $31, $2");
    TRY("ldl $2, 0($1)");
    if (argc > 1) {
        printf("hwcap %lx %s\n", getauxval(AT_HWCAP), (const char *)getauxval(AT_PLATFORM));
    }

    return 0;
}
