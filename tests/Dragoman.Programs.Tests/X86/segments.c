/*
 * Segments that are not flat, of i386: null ones, such that cannot be written, and those that a thread defines, with a base, a limit or growing down. What
 * the manual says is told where it is not so.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { FINE, PROTECTION, ELSE };

static sigjmp_buf back;
static volatile int got;
static int wrong, tried;
unsigned char place[256] __attribute__((aligned(64)));
static int entry = -1;
unsigned char elsewhere[128] __attribute__((aligned(64)));
unsigned short selector;

static void handle(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    got = signal == SIGSEGV && info->si_code == SI_KERNEL && info->si_addr == 0 && registers[REG_TRAPNO] == 13 && registers[REG_ERR] == 0 ? PROTECTION : ELSE;
    siglongjmp(back, 1);
}

#define TRY(expected, text) \
    do { \
        got = FINE; \
        tried++; \
        if (sigsetjmp(back, 1) == 0) __asm__ volatile(text : : "S"(place), "d"(0x2B), "a"(1) : "ebx", "ecx", "edi", "memory", "cc", "st"); \
        if (got != expected) printf("%s: %d instead of %d\n", text, got, expected), wrong++; \
    } while (0)

static void define(unsigned base, unsigned limit, int contents, int isReadOnly, int isInPages)
{
    struct user_desc wanted = { .entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = 1, .contents = contents, .read_exec_only = isReadOnly, .limit_in_pages = isInPages, .useable = 1 };
    if (syscall(SYS_set_thread_area, &wanted) != 0) printf("no segment\n"), wrong++;
    entry = wanted.entry_number;
    selector = entry * 8 + 3;
}

static void clear(void)
{
    struct user_desc unused = { .entry_number = entry, .read_exec_only = 1, .seg_not_present = 1 };
    if (syscall(SYS_set_thread_area, &unused) != 0) printf("not cleared\n"), wrong++;
}

static void nulls(void)
{
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tmovl (%%esi), %%ecx");
    TRY(PROTECTION, "mov $3, %%ecx\n\tmov %%ecx, %%ds\n\tmovl %%eax, (%%esi)");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tflds (%%esi)");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tlodsb");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tmov %%esi, %%ebx\n\txlat");
    TRY(FINE, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tlea 4(%%esi), %%ecx\n\tpush %%ecx\n\tpop %%ecx\n\tmov %%edx, %%ds");
    TRY(FINE, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tmovl %%es:(%%esi), %%ecx\n\tmovl %%ss:(%%esi), %%ecx\n\tmovl %%cs:(%%esi), %%ecx\n\tmov %%edx, %%ds");
    TRY(FINE, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tmov %%esi, %%edi\n\tmov $4, %%ecx\n\trep stosb\n\tscasb\n\tmov %%edx, %%ds");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\tstosb");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\tmovsb");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\tscasb");
    TRY(FINE, "xor %%ecx, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\trep stosb\n\tlodsb\n\tmov %%edx, %%es");
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%fs\n\tmovl %%fs:(%%esi), %%ecx");
    TRY(PROTECTION, "movl %%fs:place, %%ecx");
    TRY(PROTECTION, "movb %%fs:place, %%al");
}

static void code(void)
{
    TRY(FINE, "movl %%cs:(%%esi), %%ecx\n\tmovb %%cs:place, %%al\n\tpushl %%cs:(%%esi)\n\tpop %%ecx\n\ttestl %%eax, %%cs:(%%esi)");
    TRY(FINE, "mov %%esi, %%edi\n\tmovsb %%cs:(%%esi), %%es:(%%edi)\n\tfldl %%cs:(%%esi)\n\tfstp %%st(0)\n\tcmpl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "movl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "movb %%al, %%cs:place");
    TRY(PROTECTION, "addl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "lock addl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "xchgl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "btsl %%eax, %%cs:(%%esi)");
    TRY(PROTECTION, "cmpxchg8b %%cs:(%%esi)");
    TRY(PROTECTION, "setc %%cs:(%%esi)");
    TRY(PROTECTION, "pushl %%eax\n\tpopl %%cs:(%%esi)");
    TRY(PROTECTION, "fninit\n\tfld1\n\tfstps %%cs:(%%esi)");
    TRY(PROTECTION, "fninit\n\tfld1\n\tfstpt %%cs:(%%esi)");
    TRY(PROTECTION, "fninit\n\tfld1\n\tfistl %%cs:(%%esi)");
    TRY(PROTECTION, "fnstenv %%cs:(%%esi)");
    TRY(PROTECTION, "fnsave %%cs:(%%esi)");
    TRY(PROTECTION, "fnstcw %%cs:(%%esi)");
    TRY(PROTECTION, "fxsave %%cs:(%%esi)");
    TRY(PROTECTION, "stmxcsr %%cs:(%%esi)");
    TRY(PROTECTION, "movups %%xmm0, %%cs:(%%esi)");
    TRY(PROTECTION, "movq %%mm0, %%cs:(%%esi)");
    TRY(PROTECTION, "mov %%ds, %%cs:(%%esi)");
    __asm__ volatile("fninit\n\temms");

    /* Through DS and ES too */
    TRY(FINE, "mov %%cs, %%ecx\n\tmov %%ecx, %%ds\n\tmovl (%%esi), %%ecx\n\tlodsb\n\tmov %%edx, %%ds");
    TRY(PROTECTION, "mov %%cs, %%ecx\n\tmov %%ecx, %%ds\n\tmovl %%eax, (%%esi)");
    TRY(PROTECTION, "mov %%cs, %%ecx\n\tmov %%ecx, %%ds\n\tincl (%%esi)");
    TRY(PROTECTION, "mov %%cs, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\tstosl");
    TRY(FINE, "mov %%cs, %%ecx\n\tmov %%ecx, %%es\n\tmov %%esi, %%edi\n\tscasl\n\tmov %%edx, %%es");
}

static void own(void)
{
    for (int i = 0; i < 128; i++) elsewhere[i] = i;

    /* 16 bytes */
    define((unsigned)elsewhere, 15, 0, 0, 0);
    TRY(FINE, "movw selector, %%fs\n\tmovl %%fs:12, %%ecx\n\tcmpl $0x0F0E0D0C, %%ecx\n\tje 1f\n\tud2\n\t1: movb %%fs:15, %%cl\n\tfldl %%fs:8\n\tfstpl %%fs:8");
    TRY(PROTECTION, "movl %%fs:13, %%ecx");
    TRY(PROTECTION, "movb %%fs:16, %%cl");
    TRY(PROTECTION, "movl %%eax, %%fs:14");
    TRY(PROTECTION, "fldl %%fs:9");
    TRY(PROTECTION, "fldt %%fs:7");
    TRY(FINE, "fldt %%fs:6\n\tfstpt %%fs:6");
    TRY(PROTECTION, "movl %%fs:(%%esi), %%ecx");
    TRY(PROTECTION, "movl %%fs:-1, %%ecx");
    TRY(PROTECTION, "movl %%fs:-4, %%ecx");

    /* DS and ES have the base too */
    TRY(FINE, "movw selector, %%ds\n\tmov $3, %%esi\n\tlodsb\n\tmov %%edx, %%ds\n\tcmpb $3, %%al\n\tje 1f\n\tud2\n\t1:");
    TRY(FINE, "movw selector, %%ds\n\tmov $3, %%esi\n\tmovl (%%esi), %%ecx\n\tmov %%edx, %%ds\n\tcmpl $0x06050403, %%ecx\n\tje 1f\n\tud2\n\t1:");
    TRY(FINE, "movw selector, %%es\n\tmov $3, %%edi\n\tmovb $77, %%al\n\tstosb\n\tmov %%edx, %%es\n\tcmpb $77, elsewhere+3\n\tje 1f\n\tud2\n\t1:");
    TRY(PROTECTION, "movw selector, %%es\n\tmov $10, %%edi\n\tmov $20, %%ecx\n\tmov $99, %%al\n\trep stosb");
    if (elsewhere[15] != 99 || elsewhere[16] != 16) printf("repeated to the limit: %d %d\n", elsewhere[15], elsewhere[16]), wrong++;

    /* The same segment grows and shrinks, and loses what it allows */
    define((unsigned)elsewhere, 31, 0, 0, 0);
    TRY(FINE, "movl %%fs:28, %%ecx\n\tmovl %%ecx, %%fs:28");
    define((unsigned)elsewhere, 31, 0, 1, 0);
    TRY(FINE, "movl %%fs:28, %%ecx");
    TRY(PROTECTION, "movl %%ecx, %%fs:28");
    TRY(PROTECTION, "movl %%ecx, %%fs:0");

    /* Downwards: what is above the limit */
    define((unsigned)elsewhere, 15, 1, 0, 0);
    TRY(FINE, "movl %%fs:16, %%ecx\n\tcmpl $0x13121110, %%ecx\n\tje 1f\n\tud2\n\t1: movl %%fs:64, %%ecx");
    TRY(PROTECTION, "movl %%fs:15, %%ecx");
    TRY(PROTECTION, "movb %%fs:0, %%cl");
    TRY(PROTECTION, "movl %%fs:-3, %%ecx");

    /* All of memory again */
    define((unsigned)elsewhere, 0xFFFFF, 0, 0, 1);
    TRY(FINE, "movl %%fs:100, %%ecx\n\tcmpl $0x67666564, %%ecx\n\tje 1f\n\tud2\n\t1: movl %%ecx, %%fs:100");
    define(0, 0xFFFFF, 0, 0, 1);
    TRY(FINE, "movw selector, %%ds\n\tmovl (%%esi), %%ecx\n\tmovl %%ecx, (%%esi)\n\tmov %%edx, %%ds");
    clear();
    unsigned now;
    __asm__ volatile("mov %%fs, %0" : "=r"(now));
    if (now != 0) printf("fs is %x\n", now), wrong++;
    TRY(PROTECTION, "movl %%fs:0, %%ecx");
}

static int handled;
static void count(int number) { handled++; }

static void signals(void)
{
    /* A handler has flat segments, and what it interrupts its own again */
    signal(SIGUSR1, count);
    TRY(PROTECTION, "xor %%ecx, %%ecx\n\tmov %%ecx, %%ds\n\tmov $20, %%eax\n\tint $0x80\n\tmov %%eax, %%ebx\n\tmov $10, %%ecx\n\tmov $37, %%eax\n\tint $0x80\n\tmovl (%%esi), %%ecx");
    if (handled != 1) printf("%d handled\n", handled), wrong++;
}

static void loops(void)
{
    /* Hot code, for which the segment becomes null and is good again */
    int faults = 0;
    for (int i = 0; i < 300000; i++) {
        got = FINE;
        if (i % 10000 == 9999 && sigsetjmp(back, 1) != 0) { faults++; continue; }
        int value = i % 10000 == 9999 ? 0 : 0x2B;
        __asm__ volatile("mov %0, %%ds\n\tmovl (%%esi), %%ecx\n\tincl %%ecx\n\tmovl %%ecx, (%%esi)\n\tmov %%edx, %%ds" : : "r"(value), "S"(place + 64), "d"(0x2B) : "ecx", "memory", "cc");
    }

    int sum;
    memcpy(&sum, place + 64, sizeof sum);
    if (faults != 30 || sum != 300000 - 30) printf("%d faults, %d\n", faults, sum), wrong++;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
    sigaction(SIGILL, &action, 0);
    nulls();
    code();
    own();
    signals();
    loops();
    printf("%d tried, %d wrong\n", tried, wrong);
    return wrong != 0;
}
