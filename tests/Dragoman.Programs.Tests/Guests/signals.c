// Handlers, masks, alternate stacks, restart, queued signals with values, default actions.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t seen[65];
static volatile sig_atomic_t order[16], orders;
static volatile int on_stack, last_code, last_value, last_own;
static char *stack_low;
static size_t stack_size;

static void simple(int number)
{
    seen[number]++;
    if (orders < 16)
    {
        order[orders++] = number;
    }
}

static void detailed(int number, siginfo_t *info, void *context)
{
    (void)context;
    seen[number]++;
    last_code = info->si_code;
    last_value = info->si_value.sival_int;
    last_own = info->si_pid == getpid();
}

static void stacked(int number)
{
    char here;
    seen[number]++;
    on_stack = &here >= stack_low && &here < stack_low + stack_size;
}

static void nested(int number)
{
    seen[number]++;
    if (number == SIGUSR1 && orders < 4)
    {
        raise(SIGUSR2);         // at once, inside this handler
        order[orders++] = -1;
        raise(SIGUSR1);         // blocked until this handler returns
        order[orders++] = -2;
    }

    order[orders++] = number;
}

static void install(int number, void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void child_dies(int number)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
    {
        signal(number, SIG_DFL);
        raise(number);
        _exit(77);
    }

    int status;
    waitpid(child, &status, 0);
    printf("%d: signalled %d by %d exit %d\n", number, WIFSIGNALED(status) != 0, WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    install(SIGUSR1, simple, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("seen %d\n", seen[SIGUSR1]);

    sigset_t mask, old, pending;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, &old);
    install(SIGUSR2, simple, 0);
    orders = 0;
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: seen %d pending %d %d\n", seen[SIGUSR1], sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("unblocked: seen %d %d order of %d\n", seen[SIGUSR1], seen[SIGUSR2], orders);

    struct sigaction queued = { .sa_sigaction = detailed, .sa_flags = SA_SIGINFO };
    sigaction(SIGRTMIN + 1, &queued, NULL);
    sigaddset(&mask, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    for (int i = 0; i < 5; i++)
    {
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 100 + i });
    }

    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("queued %d last %d code %d own %d\n", seen[SIGRTMIN + 1], last_value, last_code, last_own);

    sigprocmask(SIG_BLOCK, &mask, NULL);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 55 });
    siginfo_t info;
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN + 1);
    int taken = sigwaitinfo(&one, &info);
    printf("sigwaitinfo %d value %d\n", taken == SIGRTMIN + 1, info.si_value.sival_int);
    struct timespec brief = { 0, 10000000 };
    printf("sigtimedwait %d %d\n", sigtimedwait(&one, &info, &brief), errno == EAGAIN);
    sigprocmask(SIG_SETMASK, &old, NULL);

    orders = 0;
    install(SIGUSR1, nested, 0);
    install(SIGUSR2, nested, 0);
    raise(SIGUSR1);
    printf("nested:");
    for (int i = 0; i < orders; i++)
    {
        printf(" %d", order[i]);
    }

    printf("\n");

    stack_size = 64 * 1024;
    stack_low = malloc(stack_size);
    stack_t alternate = { .ss_sp = stack_low, .ss_size = stack_size }, now;
    printf("sigaltstack %d\n", sigaltstack(&alternate, NULL));
    install(SIGURG, stacked, SA_ONSTACK);
    raise(SIGURG);
    printf("on stack %d\n", on_stack);
    install(SIGURG, stacked, 0);
    raise(SIGURG);
    printf("on stack %d\n", on_stack);
    sigaltstack(NULL, &now);
    printf("flags %d\n", now.ss_flags);

    install(SIGUSR1, simple, SA_RESETHAND);
    raise(SIGUSR1);
    struct sigaction after;
    sigaction(SIGUSR1, NULL, &after);
    printf("reset %d\n", after.sa_handler == SIG_DFL);

    // A slow read: without SA_RESTART it ends with EINTR, with it it goes on.
    for (int restart = 0; restart < 2; restart++)
    {
        int ends[2];
        pipe(ends);
        install(SIGALRM, simple, restart ? SA_RESTART : 0);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
        {
            usleep(30000);
            kill(getppid(), SIGALRM);
            usleep(30000);
            write(ends[1], "r", 1);
            _exit(0);
        }

        char letter;
        long result = read(ends[0], &letter, 1);
        printf("restart %d: read %ld %d\n", restart, result, result < 0 && errno == EINTR);
        waitpid(child, NULL, 0);
        close(ends[0]);
        close(ends[1]);
    }

    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("ignored\n");
    printf("SIGKILL %d\n", signal(SIGKILL, simple) == SIG_ERR && errno == EINVAL);
    printf("kill 0 %d\n", kill(getpid(), 0));
    printf("no such %d\n", kill(getpid(), 70) < 0 && errno == EINVAL);

    sigset_t wait_mask;
    sigfillset(&wait_mask);
    sigdelset(&wait_mask, SIGALRM);
    install(SIGALRM, simple, 0);
    seen[SIGALRM] = 0;
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGALRM);
    int suspended = sigsuspend(&wait_mask);
    printf("sigsuspend %d %d seen %d\n", suspended, errno == EINTR, seen[SIGALRM]);

    child_dies(SIGTERM);
    child_dies(SIGKILL);
    child_dies(SIGUSR2);
    child_dies(SIGCHLD);
    return 0;
}
