// System calls that write into a page with code that has just run: none may fail, and none may lose what it has taken.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"

typedef int (*function)(int);

static code_word *code;
static char *data;
static volatile int others_run;

static void flush(void)
{
    __builtin___clear_cache((char *)code, (char *)code + 64);
#if defined(__alpha__)
    __asm__ volatile("call_pal 0x86" : : : "memory");
#endif
}

/* From here on the page holds translated code. */
static void run(void)
{
    static int value;
    code[0] = set_result(++value & 0xfff);
    code[1] = RETURN;
    flush();
    for (int i = 0; i < 3; i++)
    {
        if (((function)code)(0) != (value & 0xfff))
        {
            printf("stale code\n");
        }
    }
}

static void say(const char *name, long result)
{
    if (result < 0)
    {
        printf("%s fails with %d\n", name, errno);
    }
    else
    {
        printf("%s ok\n", name);
    }
}

#define CALL(name, call) do { run(); say(name, (long)(call)); } while (0)

static void *executor(void *unused)
{
    while (others_run)
    {
        ((function)code)(0);
        usleep(1000);
    }

    return NULL;
}

static void *sender(void *socket)
{
    for (int i = 0; i < 100; i++)
    {
        usleep(500);
        send(*(int *)socket, &i, sizeof i, 0);
    }

    return NULL;
}

int main(void)
{
    code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    data = (char *)code + 2048;

    /* What is taken is gone: a call that fails with it has lost it. */
    int event = eventfd(7, EFD_NONBLOCK);
    CALL("eventfd", read(event, data, 8));
    printf("value %d\n", data[0]);
    int pair[2];
    for (int type = 0; type < 2; type++)
    {
        socketpair(AF_UNIX, type == 0 ? SOCK_DGRAM : SOCK_SEQPACKET, 0, pair);
        send(pair[0], "one", 4, 0);
        send(pair[0], "two", 4, 0);
        send(pair[0], "six", 4, 0);
        CALL("recv", recv(pair[1], data, 16, MSG_DONTWAIT));
        printf("got %s\n", data);
        CALL("read", read(pair[1], data, 16));
        printf("got %s\n", data);
        struct iovec parts[2] = { { data, 2 }, { data + 64, 8 } };
        struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
        CALL("recvmsg", recvmsg(pair[1], &message, MSG_DONTWAIT));
        printf("got %.2s %s\n", data, data + 64);
    }

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_NONBLOCK);
    raise(SIGUSR1);
    CALL("signalfd", read(signals, data, sizeof(struct signalfd_siginfo)));
    close(signals);
    raise(SIGUSR1);
    struct timespec now = { 0, 0 };
    CALL("sigtimedwait", sigtimedwait(&set, (siginfo_t *)data, &now));
    int watch = inotify_init1(IN_NONBLOCK), folder = inotify_add_watch(watch, "/tmp", IN_DELETE_SELF);
    inotify_rm_watch(watch, folder);
    CALL("inotify", read(watch, data, 1000));

    /* The rest only has to succeed. */
    int pipes[2], zero = memfd_create("zero", 0);
    ftruncate(zero, 65536);
    pipe(pipes);
    struct iovec one = { data, 8 };
    CALL("read", read(zero, data, 8));
    CALL("pread", pread(zero, data, 8, 0));
    CALL("readv", readv(zero, &one, 1));
    CALL("preadv", preadv(zero, &one, 1, 0));
    CALL("large read", read(zero, (char *)code + 64, 30000));
    CALL("across pages", read(zero, (char *)code + 16000, 600));
    CALL("getrandom", getrandom(data, 8, 0));
    CALL("getcwd", getcwd(data, 100) ? 0 : -1);
    CALL("stat", stat("/", (struct stat *)data));
    CALL("gettimeofday", gettimeofday((struct timeval *)data, NULL));
    CALL("clock_gettime", syscall(SYS_clock_gettime, 0, data));
    CALL("getrusage", getrusage(RUSAGE_SELF, (struct rusage *)data));
    CALL("readlink", readlink("/proc/self/exe", data, 100));
    CALL("uname", uname((struct utsname *)data));
    socklen_t length = sizeof(int);
    CALL("getsockopt", getsockopt(pair[0], SOL_SOCKET, SO_TYPE, data, &length));
    printf("type %d length %d\n", *(int *)data == SOCK_SEQPACKET, (int)length);
    *(socklen_t *)data = 16;
    CALL("getsockname", getsockname(pair[0], (struct sockaddr *)(data + 16), (socklen_t *)data));
    write(pipes[1], "abc", 3);
    CALL("ioctl", ioctl(pipes[0], FIONREAD, data));
    printf("waiting %d\n", *(int *)data);
    prctl(PR_SET_NAME, "written");
    CALL("prctl", prctl(PR_GET_NAME, data));
    printf("name %s\n", data);
    CALL("sched_getaffinity", syscall(SYS_sched_getaffinity, 0, 128, data));
    CALL("getgroups", getgroups(100, (gid_t *)data));
    *(int *)data = 0;
    CALL("futex", syscall(SYS_futex, data, FUTEX_WAKE_OP, 1, 1, data, FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 0)));
    printf("word %d\n", *(int *)data);
    pid_t child = fork();
    if (child == 0)
    {
        _exit(4);
    }

    CALL("waitpid", waitpid(child, (int *)data, 0));
    printf("status %x\n", *(int *)data);

    /* Another thread runs the code while this one waits in the call. */
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    others_run = 1;
    run();
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, executor, NULL);
    pthread_create(&threads[1], NULL, sender, &pair[0]);
    int sum = 0;
    for (int i = 0; i < 100; i++)
    {
        if (recv(pair[1], data, 8, 0) != sizeof(int))
        {
            printf("recv %d fails with %d\n", i, errno);
            break;
        }

        sum += *(int *)data;
    }

    others_run = 0;
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("sum %d\n", sum);
    return 0;
}
