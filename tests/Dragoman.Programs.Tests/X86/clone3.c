/* clone3: handlers that a child does not get, descriptors of children, and what it refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLEAR_SIGHAND 0x100000000ULL

struct arguments {
    unsigned long long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup, more;
};

static long make(struct arguments *arguments, size_t size)
{
    fflush(stdout);
    return syscall(435, arguments, size);
}

static void handle(int signal)
{
    (void)signal;
}

static void cleared(void)
{
    struct arguments arguments = { .flags = CLEAR_SIGHAND, .exit_signal = SIGCHLD };
    struct sigaction action = { .sa_handler = handle, .sa_flags = SA_RESTART | SA_NODEFER };
    signal(SIGUSR1, SIG_IGN);
    sigaction(SIGUSR2, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    pid_t child = make(&arguments, 88);
    if (child == 0) {
        struct sigaction one, two, three;
        sigaction(SIGUSR1, NULL, &one);
        sigaction(SIGUSR2, NULL, &two);
        sigaction(SIGSEGV, NULL, &three);
        printf("child: %d %d %d flags %x\n", one.sa_handler == SIG_IGN, two.sa_handler == SIG_DFL, three.sa_handler == SIG_DFL, two.sa_flags & 0xffffff & ~0x4000000);
        fflush(stdout);
        raise(SIGUSR2);
        _exit(1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    printf("cleared: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR2);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
}

static void both_places(void)
{
    int tid = 0, descriptor = -1;
    struct arguments arguments = { .flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .pidfd = (unsigned long)&descriptor, .parent_tid = (unsigned long)&tid, .exit_signal = SIGUSR2 };
    signal(SIGUSR2, SIG_IGN);
    pid_t child = make(&arguments, 64);
    if (child == 0)
        _exit(17);
    siginfo_t info = { 0 };
    long result = waitid(3, descriptor, &info, WEXITED | __WALL);
    printf("both places: %d %d, waitid %ld status %d\n", tid == child, descriptor > 2, result, info.si_status);
    close(descriptor);
}

static void refused(const char *name, struct arguments arguments, size_t size)
{
    pid_t child = make(&arguments, size);
    if (child == 0)
        _exit(99);
    printf("%s: %s\n", name, child > 0 ? "made" : strerror(errno));
    if (child > 0)
        waitpid(child, NULL, __WALL);
}

int main(void)
{
    cleared();
    both_places();
    for (int bad = 65; bad < 700; bad += 191)
        refused("exit signal", (struct arguments) { .exit_signal = bad }, 64);
    refused("wide exit signal", (struct arguments) { .exit_signal = 1ULL << 32 | SIGCHLD }, 64);
    refused("parent and exit signal", (struct arguments) { .flags = CLONE_PARENT, .exit_signal = SIGUSR1 }, 64);
    refused("signal among flags", (struct arguments) { .flags = SIGCHLD }, 64);
    refused("detached", (struct arguments) { .flags = CLONE_DETACHED, .exit_signal = SIGCHLD }, 64);
    refused("cleared and shared", (struct arguments) { .flags = CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD }, 64);
    refused("stack without size", (struct arguments) { .stack = (unsigned long)&main, .exit_signal = SIGCHLD }, 64);
    refused("size without stack", (struct arguments) { .stack_size = 4096, .exit_signal = SIGCHLD }, 64);
    refused("unknown flag", (struct arguments) { .flags = 1ULL << 40, .exit_signal = SIGCHLD }, 64);
    refused("short", (struct arguments) { .exit_signal = SIGCHLD }, 63);
    refused("long", (struct arguments) { .exit_signal = SIGCHLD }, 96);
    refused("long and not zero", (struct arguments) { .exit_signal = SIGCHLD, .more = 1 }, 96);
    refused("very long", (struct arguments) { .exit_signal = SIGCHLD }, 5000);
    long result = syscall(435, 16, 64);
    printf("bad pointer: %ld %s\n", result, strerror(errno));
    return 0;
}
