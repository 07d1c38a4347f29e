#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

static void *server(void *argument)
{
    int s = accept(*(int *)argument, 0, 0);
    char buffer[100];
    int n = read(s, buffer, sizeof buffer);
    for (int i = 0; i < n; i++)
        buffer[i] ^= 0x20;
    write(s, buffer, n);
    close(s);
    return 0;
}

int main(void)
{
    int epoll = epoll_create1(0), event = eventfd(0, 0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
    struct epoll_event e = { .events = EPOLLIN, .data.u64 = 0x1122334455667788 };
    epoll_ctl(epoll, EPOLL_CTL_ADD, event, &e);
    e.data.u64 = 0x99;
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e);
    struct epoll_event got[4];
    printf("empty %d\n", epoll_wait(epoll, got, 4, 10));
    uint64_t value = 5;
    write(event, &value, 8);
    int n = epoll_wait(epoll, got, 4, -1);
    printf("event %d %x %llx\n", n, got[0].events, (unsigned long long)got[0].data.u64);
    read(event, &value, 8);
    struct itimerspec spec = { { 0, 0 }, { 0, 5000000 } };
    timerfd_settime(timer, 0, &spec, 0);
    n = epoll_wait(epoll, got, 4, -1);
    printf("timer %d %llx\n", n, (unsigned long long)got[0].data.u64);

    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, 0);
    int signals = signalfd(-1, &mask, SFD_NONBLOCK);
    struct signalfd_siginfo info;
    printf("signalfd empty %d\n", read(signals, &info, sizeof info) < 0 && errno == EAGAIN);
    kill(getpid(), SIGUSR1);
    struct pollfd polls[3] = { { signals, POLLIN }, { 99, POLLIN }, { -1, POLLIN } };
    n = poll(polls, 3, 1000);
    printf("poll %d %x %x %x\n", n, polls[0].revents, polls[1].revents, polls[2].revents);
    n = read(signals, &info, sizeof info);
    printf("signalfd %d %d %d\n", n, info.ssi_signo, info.ssi_pid == getpid());

    int pipes[2];
    pipe(pipes);
    fd_set read_set, write_set;
    FD_ZERO(&read_set);
    FD_ZERO(&write_set);
    FD_SET(pipes[0], &read_set);
    FD_SET(pipes[1], &write_set);
    struct timeval wait = { 1, 0 };
    n = select(pipes[1] + 1, &read_set, &write_set, 0, &wait);
    printf("select %d %d %d\n", n, FD_ISSET(pipes[0], &read_set) != 0, FD_ISSET(pipes[1], &write_set) != 0);
    FD_ZERO(&read_set);
    FD_SET(pipes[0], &read_set);
    wait = (struct timeval){ 0, 20000 };
    n = select(pipes[0] + 1, &read_set, 0, 0, &wait);
    printf("select timeout %d %ld %ld\n", n, (long)wait.tv_sec, (long)wait.tv_usec);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 1);
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    pthread_t t;
    pthread_create(&t, 0, server, &listener);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    printf("connect %d\n", connect(client, (struct sockaddr *)&address, sizeof address));
    write(client, "Hello", 5);
    char buffer[100] = "";
    n = read(client, buffer, sizeof buffer);
    printf("echo %d %s\n", n, buffer);
    pthread_join(t, 0);

    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec vector = { "fd", 2 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &pipes[1], sizeof(int));
    printf("sendmsg %zd\n", sendmsg(pair[0], &message, 0));
    char text[8] = "";
    vector.iov_base = text;
    memset(control, 0, sizeof control);
    printf("recvmsg %zd %s\n", recvmsg(pair[1], &message, 0), text);
    int passed;
    memcpy(&passed, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof passed);
    write(passed, "through", 7);
    n = read(pipes[0], buffer, sizeof buffer);
    printf("passed descriptor %d %.7s %d\n", n, buffer, passed);
    return 0;
}
