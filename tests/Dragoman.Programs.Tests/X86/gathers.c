/* A gather that faults: the lanes below the fault are loaded and their masks clear, and only the others are loaded when the instruction goes on. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifdef __SSE__
#define VECTORS "xmm1", "xmm2", "xmm3",
#else
#define VECTORS
#endif

typedef struct { unsigned long long half[4]; } vector;

static vector result, mask, number;
static char *pages;
static int lanes, width, faulting, faults;
static unsigned long addresses[8];

static int sign(const vector *v, int lane)
{
    return ((const unsigned char *)v)[lane * width + width - 1] >> 7;
}

static void handle(int number, siginfo_t *info, void *context)
{
    unsigned char *image = (unsigned char *)((ucontext_t *)context)->uc_mcontext.fpregs;
#ifndef __x86_64__
    image += 112;
#endif
    vector seen, left;
    memcpy(&seen, image + 160 + 16, 16);
    memcpy(&seen.half[2], image + 576 + 16, 16);
    memcpy(&left, image + 160 + 32, 16);
    memcpy(&left.half[2], image + 576 + 32, 16);
    printf("  fault %d at %d, below it", number, (int)((char *)info->si_addr - pages));
    for (int i = 0; i < faulting; i++)
    {
        unsigned long long lane = 0;
        memcpy(&lane, (char *)&seen + i * width, width);
        printf(" %llx", lane);
    }

    printf(", left");
    for (int i = 0; i < lanes; i++)
    {
        printf(i <= faulting ? "%d" : "", sign(&left, i));
    }

    printf("\n");
    faults++;
    mprotect(pages + 4096, 4096, PROT_READ | PROT_WRITE);
    for (int i = 0; i < faulting; i++)
    {
        if (addresses[i] < (unsigned long)pages + 4096)
        {
            memset((void *)addresses[i], 0xEE, width);
        }
    }
}

#define FORM(name, code) static void name(void) { __asm__ volatile( \
    "vmovups (%0), %%ymm1\n\tvmovups (%1), %%ymm2\n\tvmovups (%2), %%ymm3\n\t" code "\n\tvmovups %%ymm1, (%0)\n\tvmovups %%ymm2, (%1)\n\tvzeroupper" \
    : : "r"(&result), "r"(&mask), "r"(&number), "r"(pages) : VECTORS "memory"); }

FORM(dd_128, "vpgatherdd %%xmm2, (%3,%%xmm3,4), %%xmm1")
FORM(dd_256, "vpgatherdd %%ymm2, (%3,%%ymm3,4), %%ymm1")
FORM(dq_128, "vpgatherdq %%xmm2, (%3,%%xmm3,4), %%xmm1")
FORM(dq_256, "vpgatherdq %%ymm2, (%3,%%xmm3,4), %%ymm1")
FORM(qd_128, "vpgatherqd %%xmm2, (%3,%%xmm3,4), %%xmm1")
FORM(qd_256, "vpgatherqd %%xmm2, (%3,%%ymm3,4), %%xmm1")
FORM(qq_128, "vpgatherqq %%xmm2, (%3,%%xmm3,4), %%xmm1")
FORM(qq_256, "vpgatherqq %%ymm2, (%3,%%ymm3,4), %%ymm1")
FORM(dps_256, "vgatherdps %%ymm2, (%3,%%ymm3,4), %%ymm1")
FORM(dpd_256, "vgatherdpd %%ymm2, (%3,%%xmm3,4), %%ymm1")
FORM(qps_256, "vgatherqps %%xmm2, (%3,%%ymm3,4), %%xmm1")
FORM(qpd_256, "vgatherqpd %%ymm2, (%3,%%ymm3,4), %%ymm1")

static const struct { const char *name; void (*run)(void); int lanes, width, index; } forms[] =
{
    { "vpgatherdd xmm", dd_128, 4, 4, 4 }, { "vpgatherdd ymm", dd_256, 8, 4, 4 }, { "vpgatherdq xmm", dq_128, 2, 8, 4 }, { "vpgatherdq ymm", dq_256, 4, 8, 4 },
    { "vpgatherqd xmm", qd_128, 2, 4, 8 }, { "vpgatherqd ymm", qd_256, 4, 4, 8 }, { "vpgatherqq xmm", qq_128, 2, 8, 8 }, { "vpgatherqq ymm", qq_256, 4, 8, 8 },
    { "vgatherdps ymm", dps_256, 8, 4, 4 }, { "vgatherdpd ymm", dpd_256, 4, 8, 4 }, { "vgatherqps ymm", qps_256, 4, 4, 8 }, { "vgatherqpd ymm", qpd_256, 4, 8, 8 },
};

/* `which` lanes are asked for, and lane `at` lies in the page that cannot be read. */
static void gather(int form, unsigned which, int at)
{
    lanes = forms[form].lanes, width = forms[form].width, faulting = at, faults = 0;
    mprotect(pages, 8192, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 8192; i++)
    {
        pages[i] = i / 4 * 7 + i;
    }

    mprotect(pages + 4096, 4096, PROT_NONE);
    memset(&result, 0x11, sizeof result);
    memset(&mask, 0x5A, sizeof mask);
    memset(&number, 0, sizeof number);
    for (int i = 0; i < lanes; i++)
    {
        long long place = (i == at ? 1024 : 16) + 3 * i;
        memcpy((char *)&number + i * forms[form].index, &place, forms[form].index);
        addresses[i] = (unsigned long)pages + place * 4;
        ((unsigned char *)&mask)[i * width + width - 1] = which >> i & 1 ? 0x80 : 0;
    }

    printf("%s of lanes %x, fault at %d\n", forms[form].name, which, at);
    forms[form].run();
    printf("  faults %d, result %llx %llx %llx %llx, mask %llx %llx %llx %llx\n", faults, result.half[0], result.half[1], result.half[2], result.half[3],
        mask.half[0], mask.half[1], mask.half[2], mask.half[3]);
}

int main(void)
{
    unsigned a, b, c, d;
    __cpuid_count(7, 0, a, b, c, d);
    if (!(b >> 5 & 1))
    {
        printf("no AVX2\n");
        return 0;
    }

    pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, 0);
    for (int form = 0; form < sizeof forms / sizeof *forms; form++)
    {
        for (int at = 0; at < forms[form].lanes; at++)
        {
            gather(form, 0xFF, at);
            gather(form, 0xB5, at);
        }
    }

    return 0;
}
