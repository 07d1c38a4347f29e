/* MAP_GROWSDOWN: memory that grows when what lies below it is touched, by the program, by system calls and by signal frames; how far, and what keeps its distance. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PROT_GROWSDOWN
#define PROT_GROWSDOWN 0x01000000
#define PROT_GROWSUP 0x02000000
#endif

enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, BOTH = PROT_READ | PROT_WRITE };

static sigjmp_buf back;
static size_t page, gap;
static volatile int code;

static void fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    code = info->si_code;
    siglongjmp(back, 1);
}

static const char *touch(volatile char *at)
{
    if (sigsetjmp(back, 1) != 0)
        return code == SEGV_MAPERR ? "not mapped" : "refused";
    *at = 1;
    return "fine";
}

/* Room of 64 MiB, of which only the last page is mapped: it grows. Above it there is nothing either. */
static char *make(int protection)
{
    size_t length = 64 << 20;
    char *room = mmap(NULL, length + page, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0);
    munmap(room, length + page);
    char *top = mmap(room + length - page, page, protection, ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    return top == MAP_FAILED ? NULL : top;
}

static void release(char *top)
{
    munmap(top + page - (64 << 20), 64 << 20);
}

static void by_the_program(void)
{
    char *top = make(BOTH);
    printf("the next byte %s, ", touch(top - 1));
    printf("the next page %s, ", touch(top - page - 1));
    printf("100 pages on %s, ", touch(top - 100 * page));
    printf("between %s, ", touch(top - 50 * page));
    printf("a mebibyte on %s\n", touch(top - (1 << 20)));
    printf("above %s\n", touch(top + page));
    printf("zeroes: %d %d\n", top[-(1 << 20)], top[-(1 << 20) + 1]);
    release(top);
    top = make(PROT_READ);
    printf("read only: %s\n", touch(top - 1));
    volatile char byte = top[-(long)page];
    printf("read below: %d\n", byte);
    release(top);
}

static void by_limit(void)
{
    struct rlimit old, now;
    getrlimit(RLIMIT_STACK, &old);
    now = old;
    now.rlim_cur = 2 << 20;
    setrlimit(RLIMIT_STACK, &now);
    char *top = make(BOTH);
    printf("limit: inside %s, ", touch(top + page - (2 << 20)));
    printf("past it %s\n", touch(top + page - (2 << 20) - 1));
    now.rlim_cur = 4 << 20;
    setrlimit(RLIMIT_STACK, &now);
    printf("larger limit: inside %s, ", touch(top + page - (4 << 20)));
    printf("past it %s\n", touch(top + page - (4 << 20) - 1));
    setrlimit(RLIMIT_STACK, &old);
    release(top);
}

static void guarded(const char *name, int protection, int flags)
{
    char *top = make(BOTH);
    char *below = mmap(top - 2 * gap, page, protection, ANONYMOUS | MAP_FIXED | flags, -1, 0);
    printf("%s below: %s, ", name, touch(below + page + gap));
    printf("nearer %s\n", touch(below + page + gap - 1));
    munmap(below, page);
    release(top);
}

static void by_system_calls(void)
{
    char *top = make(BOTH);
    int pipes[2];
    pipe(pipes);
    write(pipes[1], "hello", 5);
    long got = read(pipes[0], top - 3 * page, 5);
    printf("read %ld %.5s\n", got, got == 5 ? top - 3 * page : "");
    struct rlimit *limit = (struct rlimit *)(top - 5 * page);
    printf("getrlimit %d\n", getrlimit(RLIMIT_CORE, limit));
    got = write(pipes[1], top - 9 * page, 4);
    printf("write %ld\n", got);
    got = open(top - 12 * page, O_RDONLY);
    printf("open %ld %s\n", got, strerror(errno));
    release(top);
}

static volatile sig_atomic_t handled;

static void count(int signal)
{
    char room[2000];
    memset(room, signal, sizeof room);
    handled += room[sizeof room - 1] == signal;
}

static void by_signal_frames(void)
{
    char *top = make(BOTH);
    stack_t stack = { .ss_sp = top - 20 * page, .ss_size = 21 * page }, old;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    action.sa_flags = SA_ONSTACK;
    sigaltstack(&stack, &old);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    printf("signal frame: handled %d\n", (int)handled);
    munmap(top, page);
    sigaltstack(&old, NULL);
    signal(SIGUSR1, SIG_DFL);
    release(top);
}

static void protections(void)
{
    char *top = make(BOTH);
    touch(top - 4 * page);
    printf("PROT_GROWSDOWN: %d, ", mprotect(top, page, PROT_READ | PROT_GROWSDOWN));
    printf("its lowest page %s, ", touch(top - 4 * page));
    printf("grown further %s\n", touch(top - 6 * page));
    int result = mprotect(top, page, BOTH | PROT_GROWSDOWN | PROT_GROWSUP);
    printf("both ways %d %s, ", result, strerror(errno));
    result = mprotect(top, page, BOTH | PROT_GROWSUP);
    printf("upwards %d %s, ", result, strerror(errno));
    char *plain = mmap(NULL, page, BOTH, ANONYMOUS, -1, 0);
    result = mprotect(plain, page, BOTH | PROT_GROWSDOWN);
    printf("of plain memory %d %s, ", result, strerror(errno));
    munmap(plain, page);
    result = mprotect(plain, page, BOTH | PROT_GROWSDOWN);
    printf("of nothing %d %s\n", result, strerror(errno));
    char *local = (char *)((size_t)&local & -page);
    printf("of the stack %d\n", mprotect(local, page, BOTH | PROT_GROWSDOWN));
    release(top);
}

static void refusals(void)
{
    int file = open("/proc/self/exe", O_RDONLY);
    void *at = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, file, 0);
    printf("a file: %s, ", at == MAP_FAILED ? strerror(errno) : "mapped");
    at = mmap(NULL, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
    printf("shared: %s\n", at == MAP_FAILED ? strerror(errno) : "mapped");
    close(file);
}

static void placement(void)
{
    char *top = make(BOTH);
    char *near = mmap(top - page, page, PROT_READ, ANONYMOUS, -1, 0);
    printf("a hint in the gap %s, ", near == top - page ? "is taken" : "is not");
    munmap(near, page);
    char *far = mmap(top - gap - page, page, PROT_READ, ANONYMOUS, -1, 0);
    printf("one below it %s\n", far == top - gap - page ? "is taken" : "is not");
    munmap(far, page);
    release(top);
}

static void in_a_child(void)
{
    char *top = make(BOTH);
    touch(top - 2 * page);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("child: %s\n", touch(top - 8 * page));
        exit(0);
    }
    waitpid(child, NULL, 0);
    printf("parent: %s\n", touch(top - 5 * page));
    release(top);
}

static __attribute__((noinline)) int deep(int depth)
{
    volatile char room[4000];
    room[0] = depth;
    return depth == 0 ? room[0] : deep(depth - 1) + room[0] * 0 + 1;
}

/* A new program's stack is as large as the limit says. */
static void raised(const char *me)
{
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = 24 << 20;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_STACK, &limit);
        execl(me, me, "deep", (char *)NULL);
        _exit(98);
    }
    int status = -1;
    waitpid(child, &status, 0);
    printf("after execve: %x\n", status);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return deep(5000) == 5000 ? 7 : 8;
    page = sysconf(_SC_PAGESIZE);
    gap = 256 * page;
    stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
    sigaltstack(&stack, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &action, NULL);
    char me[500] = "";
    readlink("/proc/self/exe", me, sizeof me - 1);
    by_the_program();
    by_limit();
    guarded("memory", BOTH, 0);
    guarded("inaccessible memory", PROT_NONE, 0);
    guarded("another that grows", BOTH, MAP_GROWSDOWN);
    by_system_calls();
    by_signal_frames();
    protections();
    refusals();
    placement();
    in_a_child();
    raised(me);
    return 0;
}
