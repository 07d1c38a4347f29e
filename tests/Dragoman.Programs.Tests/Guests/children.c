/* What a child of fork can do that has nothing to do with its parent any more: threads, timers, signals and children of its own; and what vfork shares. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t got;

static void handle(int signal)
{
    got = signal;
}

static void *add_five(void *value)
{
    *(int *)value += 5;
    return NULL;
}

static int in_thread(int value)
{
    pthread_t id;
    if (pthread_create(&id, NULL, add_five, &value) != 0 || pthread_join(id, NULL) != 0)
        return -1;
    return value;
}

static int status_of(pid_t child)
{
    int status = 0;
    if (waitpid(child, &status, 0) != child)
        return -1;
    return status;
}

static void thread_in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        int value = in_thread(1);
        raise(SIGUSR1);
        printf("child: thread gives %d, signal %d\n", value, (int)(got == SIGUSR1));
        pid_t grandchild = fork();
        if (grandchild == 0)
            _exit(in_thread(4));
        printf("child: grandchild %x\n", status_of(grandchild));
        exit(4);
    }
    printf("thread in child: %x, signal here %d\n", status_of(child), (int)got);
}

static void timer_in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        timer_t timer;
        struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
        struct itimerspec soon = { .it_value = { 0, 20000000 } };
        sigset_t none, one;
        sigemptyset(&none);
        sigemptyset(&one);
        sigaddset(&one, SIGUSR1);
        sigprocmask(SIG_BLOCK, &one, NULL);
        int made = timer_create(CLOCK_MONOTONIC, &event, &timer);
        printf("child: timer %d %d\n", made, timer_settime(timer, 0, &soon, NULL));
        while (!got)
            sigsuspend(&none);
        exit(in_thread(0));
    }
    printf("timer in child: %x\n", status_of(child));
}

static void signals_of_child(void)
{
    sigset_t one, old;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    sigprocmask(SIG_BLOCK, &one, &old);
    raise(SIGUSR1);
    pid_t child = fork();
    if (child == 0) {
        sigset_t pending;
        sigpending(&pending);
        printf("child: pending %d\n", sigismember(&pending, SIGUSR1));
        int file = signalfd(-1, &one, 0);
        raise(SIGUSR1);
        struct signalfd_siginfo info;
        printf("child: signalfd %d\n", read(file, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo == SIGUSR1 && info.ssi_pid == (unsigned)getpid());
        exit(0);
    }
    int status = status_of(child);
    sigset_t pending;
    sigpending(&pending);
    printf("signals of child: %x, pending here %d\n", status, sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void shared_by_vfork(void)
{
    static volatile int in_data = 1;
    volatile int on_stack = 1;
    volatile int *on_heap = malloc(100000);
    on_heap[20000] = 1;
    pid_t parent = getpid(), child = vfork();
    if (child == 0) {
        in_data = on_stack = on_heap[20000] = 77;
        _exit(getpid() == parent);
    }
    int status = status_of(child);
    printf("vfork: %x, %d %d %d\n", status, in_data, on_stack, on_heap[20000]);
    free((void *)on_heap);

    char *arguments[] = { "nobody", NULL };
    printf("posix_spawn: %s\n", strerror(posix_spawn(&child, "/nonexistent", NULL, NULL, arguments, environ)));
}

static void many(int count)
{
    int right = 0;
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0) {
            pid_t grandchild = fork();
            if (grandchild == 0)
                _exit(getppid() == 1);
            int status = status_of(grandchild);
            _exit(status == 0 ? i % 7 : 100);
        }
        right += status_of(child) == i % 7 << 8;
    }
    printf("many: %d\n", right);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    signal(SIGUSR1, handle);
    thread_in_child();
    timer_in_child();
    signals_of_child();
    shared_by_vfork();
    many(40);
    printf("children: %d\n", wait(NULL) == -1 && errno == ECHILD);
    return 0;
}
