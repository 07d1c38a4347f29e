#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int hits, order;
static sigjmp_buf env;
static volatile siginfo_t last;

static void count(int signal) { hits++; }
static void info(int signal, siginfo_t *i, void *context) { last = *i; hits++; }
static void jump(int signal, siginfo_t *i, void *context) { last = *i; siglongjmp(env, signal); }
static void nested(int signal)
{
    order = order * 10 + (signal == SIGUSR1 ? 1 : 2);
    if (signal == SIGUSR1)
        raise(SIGUSR2);
    order = order * 10 + (signal == SIGUSR1 ? 3 : 4);
}
static void skip(int signal, siginfo_t *i, void *context)
{
    ucontext_t *u = context;
    u->uc_mcontext.pc += 4;
    u->uc_mcontext.regs[0] = 4711;
    hits++;
}
static void on_stack(int signal, siginfo_t *i, void *context)
{
    last = *i;
    siglongjmp(env, 1);
}
static int recurse(int n) { volatile char big[4096]; big[0] = n; return recurse(n + 1) + big[0]; }

static void set(int signal, void *handler, int flags)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = handler;
    a.sa_flags = flags;
    sigaction(signal, &a, 0);
}
static void *killer(void *argument)
{
    usleep(50000);
    kill(getpid(), (long)argument);
    return 0;
}
static void *writer(void *argument)
{
    usleep(50000);
    kill(getpid(), SIGUSR1);
    usleep(50000);
    write(*(int *)argument, "x", 1);
    return 0;
}

int main(void)
{
    sigset_t mask, old;
    pthread_t t;

    set(SIGUSR1, count, 0);
    raise(SIGUSR1);
    printf("raise %d\n", hits);

    set(SIGUSR1, nested, 0);
    set(SIGUSR2, nested, 0);
    raise(SIGUSR1);
    printf("nested %d\n", order);

    set(SIGSEGV, jump, SA_SIGINFO);
    char *page = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!sigsetjmp(env, 1)) { *(volatile char *)(page + 123) = 1; }
    printf("accerr %d %d\n", last.si_code == SEGV_ACCERR, last.si_addr == page + 123);
    munmap(page + 4096, 4096);
    if (!sigsetjmp(env, 1)) { (void)*(volatile char *)(page + 4096); }
    printf("maperr %d %d\n", last.si_code == SEGV_MAPERR, last.si_addr == page + 4096);
    if (!sigsetjmp(env, 1)) { ((void (*)(void))0x1000)(); }
    printf("jump to nowhere %d %d\n", last.si_code == SEGV_MAPERR, last.si_addr == (void *)0x1000);

    set(SIGILL, skip, SA_SIGINFO);
    hits = 0;
    register long x0 __asm__("x0") = 1;
    __asm__ volatile(".inst 0" : "+r"(x0));
    printf("sigill %d %ld\n", hits, x0);

    stack_t alternate = { .ss_sp = malloc(65536), .ss_size = 65536 };
    sigaltstack(&alternate, 0);
    set(SIGSEGV, on_stack, SA_SIGINFO | SA_ONSTACK);
    if (!sigsetjmp(env, 1)) { recurse(0); }
    printf("stack overflow caught\n");

    set(SIGUSR1, count, SA_RESTART);
    hits = 0;
    int pipes[2];
    char c;
    pipe(pipes);
    pthread_create(&t, 0, writer, &pipes[1]);
    int n = read(pipes[0], &c, 1);
    printf("restarted read %d hits %d\n", n, hits);
    pthread_join(t, 0);
    set(SIGUSR1, count, 0);
    pthread_create(&t, 0, writer, &pipes[1]);
    n = read(pipes[0], &c, 1);
    printf("interrupted read %d %d\n", n, n < 0 ? errno == EINTR : -1);
    pthread_join(t, 0);

    struct timespec time = { 10, 0 }, left = { 0, 0 };
    pthread_create(&t, 0, killer, (void *)SIGUSR1);
    n = nanosleep(&time, &left);
    printf("nanosleep %d %d %d\n", n, errno == EINTR, left.tv_sec == 9);
    pthread_join(t, 0);

    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &mask, &old);
    pthread_create(&t, 0, killer, (void *)SIGUSR1);
    siginfo_t got;
    n = sigwaitinfo(&mask, &got);
    printf("sigwaitinfo %d %d %d\n", n, got.si_code == SI_USER, got.si_pid == getpid());
    pthread_join(t, 0);

    hits = 0;
    kill(getpid(), SIGUSR1);
    printf("blocked %d\n", hits);
    sigset_t none;
    sigemptyset(&none);
    n = sigsuspend(&none);
    printf("sigsuspend %d %d hits %d\n", n, errno == EINTR, hits);
    pthread_sigmask(SIG_SETMASK, &old, 0);

    set(SIGRTMIN + 3, info, SA_SIGINFO);
    sigemptyset(&mask);
    sigaddset(&mask, SIGRTMIN + 3);
    sigprocmask(SIG_BLOCK, &mask, 0);
    hits = 0;
    for (int i = 0; i < 5; i++)
        sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = 40 + i });
    sigprocmask(SIG_UNBLOCK, &mask, 0);
    printf("queued %d value %d code %d\n", hits, last.si_value.sival_int, last.si_code == SI_QUEUE);

    set(SIGALRM, count, 0);
    hits = 0;
    struct itimerval interval = { { 0, 10000 }, { 0, 10000 } };
    setitimer(ITIMER_REAL, &interval, 0);
    while (hits < 5)
        pause();
    memset(&interval, 0, sizeof interval);
    setitimer(ITIMER_REAL, &interval, 0);
    printf("itimer\n");

    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3, .sigev_value.sival_int = 99 };
    hits = 0;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    struct itimerspec spec = { { 0, 0 }, { 0, 20000000 } };
    timer_settime(timer, 0, &spec, 0);
    while (!hits)
        pause();
    printf("timer value %d code %d\n", last.si_value.sival_int, last.si_code == SI_TIMER);

    set(SIGUSR1, SIG_IGN, 0);
    raise(SIGUSR1);
    struct sigaction query;
    sigaction(SIGUSR1, 0, &query);
    printf("ignored %d\n", query.sa_handler == SIG_IGN);

    /* A busy loop that only a signal ends. */
    set(SIGALRM, count, 0);
    hits = 0;
    struct itimerval once = { { 0, 0 }, { 0, 30000 } };
    setitimer(ITIMER_REAL, &once, 0);
    volatile unsigned long spins = 0;
    while (!hits)
        spins++;
    printf("busy loop interrupted\n");

    fflush(stdout);
    signal(SIGTERM, SIG_DFL);
    kill(getpid(), SIGTERM);
    pause();
    return 0;
}
