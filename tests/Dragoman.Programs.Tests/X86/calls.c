/* System calls that few programs make: splices of memory, waits for several words, socket filters, and forks with flags that change nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FUTEX_WAITV 449

struct waiter { unsigned long long value, address; unsigned flags, reserved; };
struct wide_time { long long seconds, nanoseconds; };

static void show(const char *name, long result)
{
    printf("%s: %ld%s%s\n", name, result, result < 0 ? " " : "", result < 0 ? strerror(errno) : "");
}

static void forks(void)
{
    static const struct { const char *name; unsigned flags; } kinds[] = { { "untraced", CLONE_UNTRACED }, { "ptrace", CLONE_PTRACE }, { "detached", CLONE_DETACHED }, { "io", CLONE_IO } };
    for (int i = 0; i < 4; i++)
    {
        long child = syscall(SYS_clone, kinds[i].flags | SIGCHLD, 0, 0, 0, 0);
        if (child == 0)
        {
            _exit(40 + i);
        }

        int status = 0;
        printf("%s: %d, status %x\n", kinds[i].name, child > 0 && waitpid(child, &status, 0) == child, status);
    }
}

static void splices(void)
{
    int ends[2];
    char from[8] = "abcdefg", to[8] = "";
    struct iovec two[2] = { { from, 3 }, { from + 3, 4 } }, one = { to, 7 };
    pipe(ends);
    show("vmsplice into a pipe", vmsplice(ends[1], two, 2, 0));
    show("read", read(ends[0], to, 7));
    printf("%s\n", to);
    memset(to, 0, sizeof to);
    write(ends[1], "hijklmn", 7);
    show("vmsplice out of a pipe", vmsplice(ends[0], &one, 1, 0));
    printf("%s\n", to);
    show("no descriptor", vmsplice(-1, &one, 1, 0));
    show("no pipe", vmsplice(open("/dev/null", O_RDONLY), &one, 1, 0));
    show("too many", vmsplice(ends[1], two, 1025, 0));
    one.iov_base = (void *)16;
    show("nowhere", vmsplice(ends[1], &one, 1, 0));
}

static void waits(void)
{
    unsigned words[2] = { 7, 8 };
    struct waiter waiters[2] = { { 7, (unsigned long)&words[0], 2 | 128 }, { 9, (unsigned long)&words[1], 2 | 128 } };
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct wide_time end = { now.tv_sec, now.tv_nsec };
    show("another value", syscall(FUTEX_WAITV, waiters, 2, 0, 0, 0));
    waiters[1].value = 8;
    show("in time", syscall(FUTEX_WAITV, waiters, 2, 0, &end, CLOCK_MONOTONIC));
    show("no flags", syscall(FUTEX_WAITV, waiters, 2, 1, &end, CLOCK_MONOTONIC));
    show("none", syscall(FUTEX_WAITV, waiters, 0, 0, &end, CLOCK_MONOTONIC));
    show("no array", syscall(FUTEX_WAITV, 0, 2, 0, &end, CLOCK_MONOTONIC));
    show("too many", syscall(FUTEX_WAITV, waiters, 129, 0, &end, CLOCK_MONOTONIC));
    waiters[0].address = 16;
    show("no word", syscall(FUTEX_WAITV, waiters, 2, 0, &end, CLOCK_MONOTONIC));
}

static void filters(void)
{
    int pair[2];
    char received[8] = "";
    struct sock_filter code[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'a', 0, 1), BPF_STMT(BPF_RET | BPF_K, 0xFFFF), BPF_STMT(BPF_RET | BPF_K, 0) };
    struct sock_filter got[8];
    struct sock_fprog program = { 4, code }, wrong = { 4, (void *)16 };
    socklen_t length = 8;
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    show("attach", setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
    show("too short", setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, 4));
    show("no code", setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &wrong, sizeof wrong));
    send(pair[0], "bcd", 3, 0);
    send(pair[0], "aok", 3, 0);
    show("received", recv(pair[1], received, 7, MSG_DONTWAIT));
    printf("%s\n", received);
    show("the filter", getsockopt(pair[1], SOL_SOCKET, SO_GET_FILTER, got, &length));
    printf("%d instructions, %d\n", (int)length, got[1].k);
    show("detach", setsockopt(pair[1], SOL_SOCKET, SO_DETACH_FILTER, &length, 4));
    show("again", setsockopt(pair[1], SOL_SOCKET, SO_DETACH_FILTER, &length, 4));
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    forks();
    splices();
    waits();
    filters();
    return 0;
}
