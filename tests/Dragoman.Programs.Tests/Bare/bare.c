// A program without a C library, of general registers only: system calls by SYSCALL or INT 80H, thread-local storage, signals with and without
// siginfo, fork, pipes, shared memory, exceptions. It prints what must be the same on every run.
#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, MMAP = 9, RT_SIGACTION = 13, GETPID = 39, FORK = 57, EXIT = 60, WAIT4 = 61, KILL = 62, UNAME = 63, CLOCK_GETTIME = 228,
       PIPE2 = 293, ARCH_PRCTL = 158, RT_SIGRETURN = 15, PREAD = 17, MEMFD = 319, FTRUNCATE = 77, LSEEK = 8 };
static long call(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start: xorl %ebp, %ebp\n\tmovq %rsp, %rdi\n\tandq $-16, %rsp\n\tcall start\nrestorer: movl $15, %eax\n\tsyscall\n");
#else
enum { READ = 3, WRITE = 4, MMAP = 192, RT_SIGACTION = 174, GETPID = 20, FORK = 2, EXIT = 1, WAIT4 = 114, KILL = 37, UNAME = 122, CLOCK_GETTIME = 265,
       PIPE2 = 331, SET_THREAD_AREA = 243, RT_SIGRETURN = 173, PREAD = 180, MEMFD = 356, FTRUNCATE = 93, LSEEK = 19, LLSEEK = 140 };
__asm__(".globl raw\nraw: pushl %ebp\n\tpushl %edi\n\tpushl %esi\n\tpushl %ebx\n\tmovl 20(%esp), %eax\n\tmovl 24(%esp), %ebx\n\tmovl 28(%esp), %ecx\n\t"
        "movl 32(%esp), %edx\n\tmovl 36(%esp), %esi\n\tmovl 40(%esp), %edi\n\tmovl 44(%esp), %ebp\n\tint $0x80\n\t"
        "popl %ebx\n\tpopl %esi\n\tpopl %edi\n\tpopl %ebp\n\tret\n");
long raw(long, long, long, long, long, long, long);
#define call raw
__asm__(".globl _start\n_start: xorl %ebp, %ebp\n\tmovl %esp, %eax\n\tandl $-16, %esp\n\tsubl $12, %esp\n\tpushl %eax\n\tcall start\n"
        "restorer: movl $173, %eax\n\tint $0x80\n");
#endif
extern char restorer[];
#define CALL(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)

static void put(const char *name, long value)
{
    char text[96], digits[24];
    int length = 0, count = 0;
    while (*name) { text[length++] = *name++; }
    text[length++] = ' ';
    if (value < 0) { text[length++] = '-'; }
    unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
    do { digits[count++] = (char)('0' + rest % 10); rest /= 10; } while (rest);
    while (count) { text[length++] = digits[--count]; }
    text[length++] = '\n';
    CALL(WRITE, 1, text, length);
}

struct action { void *handler; unsigned long flags; void *restorer; unsigned long mask[8 / sizeof(long)]; };

static volatile long seen, code, skipped;
static long *counter_in_frame;

static void handler(int number, int *info, unsigned char *context)
{
    seen = number;
    code = info[2];
    counter_in_frame = (long *)context;
    // The interrupted instructions of this program are two bytes long.
#if defined(__x86_64__)
    long *pc = (long *)(context + 40 + 128);
#else
    long *pc = (long *)(context + 20 + 56);
#endif
    if (number == 4 || number == 8 || number == 11) { *pc += 2; skipped++; }
}

static void with(int number, void *function, unsigned long flags)
{
    struct action action = { function, flags | 0x04000000, restorer, { 0 } };
    call(RT_SIGACTION, number, (long)&action, 0, 8, 0, 0);
}

static void caught(const char *what) { put(what, seen * 1000 + (code & 0xFF)); seen = code = 0; }

static unsigned mix(unsigned x) { x ^= x << 13; x ^= x >> 17; return x ^ x << 5; }

static void memory(void)
{
    int file = (int)CALL(MEMFD, "bare", 0, 0);
    put("truncate", CALL(FTRUNCATE, file, 1 << 16, 0));
    int *shared = (int *)call(MMAP, 0, 1 << 16, 3, 1, file, 0);
    for (int i = 0; i < 1000; i++) { shared[i] = i * i; }
    int got[4] = { 0 };
#if defined(__x86_64__)
    put("pread", call(PREAD, file, (long)got, sizeof got, 400, 0, 0));
    put("seek", CALL(LSEEK, file, 1L << 40, 0));
#else
    put("pread", call(PREAD, file, (long)got, sizeof got, 400, 0, 0));
    put("far pread", call(PREAD, file, (long)got, sizeof got, 400, 1, 0));
    long long at = 0;
    put("seek", call(LLSEEK, file, 1 << 8, 5, (long)&at, 0, 0));
    put("at", (long)(at >> 8));
    put("seek back", CALL(LSEEK, file, -5, 1));
#endif
    put("values", got[0] + got[3]);
    long child = CALL(FORK, 0, 0, 0);
    if (child == 0) { shared[5000] = 99; CALL(EXIT, 3, 0, 0); }
    int status = 0;
    put("wait", call(WAIT4, child, (long)&status, 0, 0, 0, 0) == child);
    put("status", status);
    put("shared", shared[5000]);
}

static void storage(void)
{
    static long block[4] = { 11, 22, 33, 44 };
    long got;
#if defined(__x86_64__)
    put("fs", CALL(ARCH_PRCTL, 0x1002, block, 0));
    __asm__ volatile("movq %%fs:16, %0" : "=r"(got));
    put("at fs", got);
    put("gs", CALL(ARCH_PRCTL, 0x1001, block + 1, 0));
    __asm__ volatile("movq %%gs:16, %0" : "=r"(got));
#else
    struct { int number; unsigned long base, limit, flags; } entry = { -1, (unsigned long)block, 0xFFFFF, 0x51 };
    put("thread area", CALL(SET_THREAD_AREA, &entry, 0, 0));
    put("entry", entry.number);
    __asm__ volatile("movw %w1, %%gs\n\tmovl %%gs:8, %0" : "=r"(got) : "r"(entry.number * 8 + 3));
    put("at gs", got);
    entry.base += 4;
    put("moved", CALL(SET_THREAD_AREA, &entry, 0, 0));
    __asm__ volatile("movl %%gs:8, %0" : "=r"(got));
#endif
    put("last", got);
}

void start(long *stack)
{
    put("arguments", stack[0]);
    with(10, handler, 4);
    put("kill", CALL(KILL, CALL(GETPID, 0, 0, 0), 10, 0));
    caught("user");
    with(4, handler, 4);
    __asm__ volatile("ud2");
    caught("undefined");
    with(8, handler, 4);
    int zero = 0, high = 0, low = 7;
    __asm__ volatile("divl %2" : "+a"(low), "+d"(high) : "r"(zero));
    caught("division");
    with(11, handler, 4);
    long null = 0;
    // mov [rax], cl: two bytes in both modes.
    __asm__ volatile(".byte 0x88, 0x08" : : "a"(null) : "memory");
    caught("null");
    __asm__ volatile("hlt; nop");
    caught("privileged");
    with(5, handler, 4);
    __asm__ volatile("int3");
    caught("breakpoint");
    put("skipped", skipped);
    put("no call", CALL(9999, 0, 0, 0));
    put("bad pointer", CALL(WRITE, 1, -4096, 5));
    memory();
    storage();
    int ends[2] = { -1, -1 };
    put("pipe", CALL(PIPE2, ends, 0, 0));
    if (CALL(FORK, 0, 0, 0) == 0)
    {
        unsigned x = 1;
        for (int i = 0; i < 100000; i++) { x = mix(x); }
        CALL(WRITE, ends[1], &x, 4);
        CALL(KILL, CALL(GETPID, 0, 0, 0), 9, 0);
    }
    int status = 0;
    unsigned got = 0;
    put("read", CALL(READ, ends[0], &got, 4));
    put("mixed", (long)(got & 0x7FFFFFFF));
    call(WAIT4, -1, (long)&status, 0, 0, 0, 0);
    put("killed", status);
    CALL(EXIT, 42, 0, 0);
}
