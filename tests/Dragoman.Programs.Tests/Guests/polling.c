// Pipes, poll, select, epoll, eventfd, timerfd, signalfd, socket pairs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%-20s %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    say("pipe2", pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    char buffer[70000];
    say("empty", read(ends[0], buffer, 10));
    memset(buffer, 'p', sizeof buffer);
    say("write", write(ends[1], buffer, sizeof buffer));
    say("full", write(ends[1], buffer, 1));
    int waiting = 0;
    say("fionread", ioctl(ends[0], FIONREAD, &waiting));
    printf("%d\n", waiting);

    struct pollfd polled[2] = { { ends[0], POLLIN, 0 }, { ends[1], POLLOUT, 0 } };
    say("poll", poll(polled, 2, 0));
    printf("%x %x\n", polled[0].revents, polled[1].revents);
    while (read(ends[0], buffer, sizeof buffer) > 0)
    {
    }

    say("poll", poll(polled, 2, 0));
    printf("%x %x\n", polled[0].revents, polled[1].revents);
    say("poll timeout", poll(polled, 1, 20));
    struct timespec brief = { 0, 10000000 };
    say("ppoll timeout", ppoll(polled, 1, &brief, NULL));

    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(ends[0], &readable);
    FD_SET(ends[1], &writable);
    struct timeval moment = { 0, 10000 };
    say("select", select(ends[1] + 1, &readable, &writable, NULL, &moment));
    printf("%d %d\n", FD_ISSET(ends[0], &readable) != 0, FD_ISSET(ends[1], &writable) != 0);

    int events = eventfd(3, EFD_NONBLOCK);
    uint64_t count = 0;
    say("eventfd", read(events, &count, 8));
    printf("%lu\n", (unsigned long)count);
    say("eventfd empty", read(events, &count, 8));
    count = 5;
    say("eventfd write", write(events, &count, 8));

    int set = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x1122334455667788 };
    say("epoll add", epoll_ctl(set, EPOLL_CTL_ADD, events, &event));
    say("epoll again", epoll_ctl(set, EPOLL_CTL_ADD, events, &event));
    event.data.u64 = 2;
    event.events = EPOLLIN | EPOLLET;
    say("epoll pipe", epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
    struct epoll_event found[4];
    say("epoll wait", epoll_wait(set, found, 4, 100));
    printf("%x %lx\n", found[0].events, (unsigned long)found[0].data.u64);
    say("epoll mod", epoll_ctl(set, EPOLL_CTL_MOD, events, &(struct epoll_event){ .events = 0 }));
    say("epoll none", epoll_wait(set, found, 4, 10));
    write(ends[1], "x", 1);
    say("epoll pipe", epoll_pwait(set, found, 4, 100, NULL));
    say("epoll edge", epoll_wait(set, found, 4, 10));
    say("epoll del", epoll_ctl(set, EPOLL_CTL_DEL, events, NULL));

    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec when = { .it_value = { 0, 20000000 } };
    say("timerfd", timerfd_settime(timer, 0, &when, NULL));
    say("timerfd read", read(timer, &count, 8));
    printf("%lu\n", (unsigned long)count);

    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    int signals = signalfd(-1, &mask, SFD_NONBLOCK);
    struct signalfd_siginfo news;
    say("signalfd empty", read(signals, &news, sizeof news));
    raise(SIGUSR2);
    say("signalfd", read(signals, &news, sizeof news));
    printf("%d\n", (int)news.ssi_signo);

    int pair[2];
    say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    say("send", send(pair[0], "message", 7, MSG_NOSIGNAL));
    say("peek", recv(pair[1], buffer, 100, MSG_PEEK));
    struct iovec part = { buffer, 100 };
    char control[64];
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    say("recvmsg", recvmsg(pair[1], &message, 0));
    printf("%.7s %d\n", buffer, (int)message.msg_controllen);

    // A descriptor passed through a socket.
    struct msghdr pass = { .msg_iov = &(struct iovec){ "f", 1 }, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&pass);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &ends[1], sizeof(int));
    say("sendmsg", sendmsg(pair[0], &pass, 0));
    memset(control, 0, sizeof control);
    message.msg_controllen = sizeof control;
    say("recvmsg", recvmsg(pair[1], &message, 0));
    header = CMSG_FIRSTHDR(&message);
    int passed = -1;
    if (header)
    {
        memcpy(&passed, CMSG_DATA(header), sizeof(int));
    }

    say("through passed", write(passed, "yz", 2));
    int size = 0;
    socklen_t length = sizeof size;
    say("getsockopt", getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &size, &length));
    printf("%d\n", size);
    say("shutdown", shutdown(pair[0], SHUT_WR));
    say("end of stream", read(pair[1], buffer, 10));
    close(pair[1]);
    say("broken", write(pair[0], "x", 1));

    close(ends[0]);
    say("broken pipe", write(ends[1], "x", 1));
    say("bad descriptor", read(999, buffer, 1));
    return 0;
}
