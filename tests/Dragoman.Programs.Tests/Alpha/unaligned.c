// Misaligned accesses are completed, unless the process asks for SIGBUS or for nothing at all (osf_setsysinfo, SSIN_UACPROC).
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SSI_NVPAIRS = 1, GSI_UACPROC = 8, SSIN_UACPROC = 6, UAC_NOFIX = 2, UAC_SIGBUS = 4 };

static sigjmp_buf place;
static uint64_t words[2] = { 0x1122334455667788, 0x99aabbccddeeff00 };
static char *from = (char *)words;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d at %ld\n", number, info->si_code, (long)((char *)info->si_addr - from));
    siglongjmp(place, 1);
}

static void set(uint32_t value)
{
    uint32_t pair[2] = { SSIN_UACPROC, value }, now = 99;
    long result = syscall(SYS_osf_setsysinfo, SSI_NVPAIRS, pair, 1L, 0L, 0L);
    long count = syscall(SYS_osf_getsysinfo, GSI_UACPROC, &now, sizeof now, 0L, 0L);
    printf("set %ld get %ld %u\n", result, count, now);
}

static void touch(void)
{
    char *at = (char *)words;
    for (volatile int kind = 0; kind < 6; kind++)
    {
        uint64_t value = 0;
        if (sigsetjmp(place, 1) == 0)
        {
            switch (kind)
            {
                case 0: __asm__ volatile("ldq %0, 3(%1)" : "+r"(value) : "r"(at)); printf("ldq %lx\n", value); break;
                case 1: __asm__ volatile("ldwu %0, 1(%1)" : "+r"(value) : "r"(at)); printf("ldwu %lx\n", value); break;
                case 2: __asm__ volatile("stl %0, 5(%1)" : : "r"(0x77665544), "r"(at) : "memory"); printf("stl %lx\n", words[1]); break;
                case 3: __asm__ volatile("cpys $f31,$f31,$f10\n\tldt $f10, 2(%1)\n\tftoit $f10, %0" : "+r"(value) : "r"(at) : "$f10"); printf("ldt %lx\n", value); break;
                case 4: __asm__ volatile("cpys $f31,$f31,$f10\n\tldg $f10, 4(%1)\n\tftoit $f10, %0" : "+r"(value) : "r"(at) : "$f10"); printf("ldg %lx\n", value); break;
                default: __asm__ volatile("ldq_u %0, 3(%1)\n\tldbu %0, 9(%1)" : "=&r"(value) : "r"(at)); printf("aligned %lx\n", value); break;
            }
        }
    }
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    sigaction(SIGBUS, &action, NULL);
    touch();
    set(UAC_SIGBUS);
    touch();
    set(UAC_NOFIX);
    touch();
    set(0);
    touch();

    /* One that begins in a page and ends where nothing is mapped is refused as a whole. */
    sigaction(SIGSEGV, &action, NULL);
    long page = sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + page, page);
    from = pages + page;
    if (sigsetjmp(place, 1) == 0)
    {
        __asm__ volatile("ldq $1, -3(%0)" : : "r"(from) : "$1");
    }

    if (sigsetjmp(place, 1) == 0)
    {
        __asm__ volatile("stl $31, -2(%0)" : : "r"(from) : "memory");
    }

    return 0;
}
