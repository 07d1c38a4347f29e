/* How a child's end is told: exit signals other than SIGCHLD and which wait sees them, CLONE_PARENT, CLONE_FS, and SIGCHLD that is ignored or wants no zombies. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static volatile sig_atomic_t count, number, code, status_seen, process_seen, user_seen;

static void told(int signal, siginfo_t *info, void *context)
{
    (void)context;
    count++;
    number = signal;
    code = info->si_code;
    status_seen = info->si_status;
    process_seen = info->si_pid;
    user_seen = info->si_uid == getuid();
}

static void handle(int signal, int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = told;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(signal, &action, NULL);
}

static pid_t make(unsigned long flags)
{
    fflush(stdout);
    return syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static const char *text(long result)
{
    return result >= 0 ? "fine" : strerror(errno);
}

/* A child that should not be there at all ends at once. */
static long ended(long child)
{
    if (child == 0)
        _exit(99);
    return child;
}

/* Waits for the end of a child by the existence of its number, which a zombie has too. */
static void until_gone(pid_t child)
{
    while (kill(child, 0) == 0)
        usleep(1000);
}

static void exit_signal(int signal, const char *name)
{
    int status = -1;
    count = number = 0;
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    pid_t child = make(signal);
    if (child == 0)
        _exit(21);
    pid_t plain = waitpid(child, &status, 0);
    printf("%s: wait %s, ", name, text(plain));
    if (plain != child)
        printf("__WCLONE %s, ", text(waitpid(child, &status, __WCLONE)));
    else
        printf("__WCLONE then %s, ", text(waitpid(child, &status, __WCLONE)));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("status %x, signals %d", status, (int)count);
    if (count)
        printf(" (right %d code %d status %d child %d user %d)", number == signal, (int)code, (int)status_seen, process_seen == child, (int)user_seen);
    printf("\n");
}

static void every_wait(void)
{
    siginfo_t info;
    int status;
    pid_t child = make(0);
    if (child == 0)
        _exit(3);
    printf("any child: plain %s, ", text(wait(NULL)));
    memset(&info, 0, sizeof info);
    printf("__WALL|WNOWAIT %s", text(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | __WALL)));
    printf(" %d %d signal %d, ", info.si_pid == child, info.si_status, info.si_signo == SIGCHLD);
    int right = waitpid(-1, &status, __WALL) == child;
    printf("__WALL %d %x\n", right, status);

    child = make(SIGUSR1);
    if (child == 0)
        abort();
    right = waitpid(child, &status, __WALL) == child;
    printf("killed: __WALL %d, signal %d\n", right, WTERMSIG(status) == SIGABRT);

    int descriptor = -1;
    child = syscall(SYS_clone, CLONE_PIDFD, 0, &descriptor, 0, 0);
    if (child == 0)
        _exit(4);
    printf("pidfd: %d", descriptor > 2);
    memset(&info, 0, sizeof info);
    printf(" waitid %s", text(waitid(3, descriptor, &info, WEXITED | __WCLONE)));
    printf(" %d\n", info.si_status);
    close(descriptor);
    printf("pidfd and parent_settid: %s\n", text(ended(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &descriptor, 0, 0))));
}

/* A program that is executed has SIGCHLD. */
static void executed(const char *me)
{
    int status = -1, closed[2];
    pipe2(closed, O_CLOEXEC);
    pid_t child = make(SIGUSR1);
    if (child == 0) {
        execl(me, me, "execute", (char *)NULL);
        _exit(98);
    }
    char byte;
    close(closed[1]);
    read(closed[0], &byte, 1);
    int plain = waitpid(child, &status, 0) == child;
    printf("executed: wait %d status %x\n", plain, status);
}

static void siblings(void)
{
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t me = getpid();
    pid_t child = make(SIGCHLD);
    if (child == 0) {
        pid_t sibling = make(CLONE_PARENT | SIGUSR2);
        if (sibling == 0) {
            shared[1] = getppid() == me;
            _exit(9);
        }
        shared[0] = sibling;
        _exit(waitpid(sibling, NULL, __WALL) == -1 && errno == ECHILD);
    }
    int first = -1, second = -1;
    waitpid(child, &first, 0);
    printf("CLONE_PARENT: ours %d, ", waitpid(shared[0], &second, 0) == shared[0]);
    printf("status %x %x, parent %d\n", first, second, shared[1]);
}

static void same_folder(void)
{
    char before[4096], after[4096];
    getcwd(before, sizeof before);
    mode_t mask = umask(022);
    pid_t child = make(CLONE_FS | SIGCHLD);
    if (child == 0) {
        umask(0135);
        _exit(chdir("/"));
    }
    waitpid(child, NULL, 0);
    getcwd(after, sizeof after);
    printf("CLONE_FS: %s, umask %o\n", strcmp(after, "/") == 0 ? "followed" : "own", umask(mask));
    chdir(before);
}

static void refused(void)
{
    static const struct { const char *name; unsigned long flags; } wrong[] = {
        { "SIGHAND without VM", CLONE_SIGHAND | SIGCHLD },
        { "THREAD without SIGHAND", CLONE_THREAD | CLONE_VM | SIGCHLD },
        { "NEWNS with FS", CLONE_NEWNS | CLONE_FS | SIGCHLD },
        { "PIDFD with DETACHED", CLONE_PIDFD | CLONE_DETACHED | SIGCHLD },
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        printf("%s: %s\n", wrong[i].name, text(ended(make(wrong[i].flags))));
}

/* What wait says of children whose end nobody wants to hear of. */
static void ignored(const char *name, int flags, int handler, int blocked)
{
    struct sigaction action, old;
    sigset_t one, before;
    memset(&action, 0, sizeof action);
    action.sa_flags = flags | (handler == 2 ? SA_SIGINFO : 0);
    if (handler == 2)
        action.sa_sigaction = told;
    else
        action.sa_handler = handler == 1 ? SIG_IGN : SIG_DFL;
    sigemptyset(&one);
    sigaddset(&one, SIGCHLD);
    if (blocked)
        sigprocmask(SIG_BLOCK, &one, &before);
    sigaction(SIGCHLD, &action, &old);
    count = 0;
    pid_t child = make(SIGCHLD);
    if (child == 0)
        _exit(5);
    int status = -1;
    pid_t got = waitpid(child, &status, 0);
    printf("%s: wait %s", name, got == child ? "has it" : text(got));
    until_gone(child);
    child = make(SIGCHLD);
    if (child == 0)
        _exit(6);
    while (wait(NULL) > 0)
        ;
    printf(", all %s", strerror(errno));
    sigset_t pending;
    sigpending(&pending);
    printf(", pending %d, signals %d", sigismember(&pending, SIGCHLD), (int)count);
    sigaction(SIGCHLD, &old, NULL);
    if (blocked)
        sigprocmask(SIG_SETMASK, &before, NULL);
    if (count)
        printf(" (code %d status %d child %d)", (int)code, (int)status_seen, process_seen == child);
    printf("\n");
}

static void grandchildren(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = make(SIGCHLD);
    if (child == 0) {
        pid_t grandchild = make(SIGCHLD);
        if (grandchild == 0)
            _exit(0);
        int here = waitpid(grandchild, NULL, 0) == -1 && errno == ECHILD;
        until_gone(grandchild);
        signal(SIGCHLD, SIG_DFL);
        grandchild = make(SIGCHLD);
        if (grandchild == 0)
            _exit(0);
        here += 2 * (waitpid(grandchild, NULL, 0) == grandchild);
        printf("in a child: %d\n", here);
        exit(0);
    }
    until_gone(child);
    int descriptor = -1;
    child = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &descriptor, 0, 0);
    if (child == 0)
        _exit(4);
    until_gone(child);
    printf("pidfd of one that is gone: %d\n", descriptor > 2);
    close(descriptor);
    signal(SIGCHLD, SIG_DFL);
}

static void stopped(void)
{
    sigset_t one, old;
    sigemptyset(&one);
    sigaddset(&one, SIGCHLD);
    sigprocmask(SIG_BLOCK, &one, &old);
    handle(SIGCHLD, 0);
    pid_t child = make(SIGCHLD);
    if (child == 0)
        for (;;)
            pause();
    static const int order[] = { SIGSTOP, SIGCONT, SIGKILL };
    for (int i = 0; i < 3; i++) {
        siginfo_t info;
        memset(&info, 0, sizeof info);
        kill(child, order[i]);
        sigwaitinfo(&one, &info);
        printf("told of %s: code %d status %d child %d\n", i == 0 ? "stop" : i == 1 ? "continue" : "kill", info.si_code, info.si_status == order[i], info.si_pid == child);
    }
    waitpid(child, NULL, 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 13;
    char me[500] = "";
    readlink("/proc/self/exe", me, sizeof me - 1);
    handle(SIGCHLD, 0);
    handle(SIGUSR1, 0);
    handle(SIGRTMIN + 3, 0);
    exit_signal(SIGCHLD, "SIGCHLD");
    exit_signal(SIGUSR1, "SIGUSR1");
    exit_signal(SIGRTMIN + 3, "SIGRTMIN+3");
    exit_signal(0, "none");
    exit_signal(200, "no signal's number");
    signal(SIGCHLD, SIG_DFL);
    signal(SIGUSR1, SIG_IGN);
    every_wait();
    executed(me);
    siblings();
    same_folder();
    refused();
    ignored("ignored", 0, 1, 0);
    ignored("ignored and blocked", 0, 1, 1);
    ignored("no zombies", SA_NOCLDWAIT, 0, 0);
    ignored("no zombies, handler", SA_NOCLDWAIT, 2, 0);
    ignored("no zombies, blocked handler", SA_NOCLDWAIT, 2, 1);
    ignored("default", 0, 0, 0);
    grandchildren();
    stopped();
    printf("left: %s\n", text(waitpid(-1, NULL, __WALL)));
    return 0;
}
