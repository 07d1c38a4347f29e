// Signals for a process whose main thread has left with pthread_exit: its other threads get them, or it dies of them.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ready[2];
static pthread_t leader;
static int sets_alarm;

static void tell_when_the_leader_has_gone(void)
{
    pthread_join(leader, 0);
    usleep(20000);
    write(ready[1], "", 1);
    if (sets_alarm)
    {
        ualarm(50000, 0);
    }
}

static void handled(int signal)
{
    write(1, "handled\n", 8);
    _exit(7);
}

static void *sleeps(void *unused)
{
    tell_when_the_leader_has_gone();
    for (int i = 0; i < 100; i++)
    {
        usleep(100000);
    }

    write(1, "no signal\n", 10);
    _exit(1);
}

static void *computes(void *unused)
{
    tell_when_the_leader_has_gone();
    for (volatile long i = 0;; i++)
    {
    }
}

// Waits for a signal that every thread blocks.
static void *waits(void *unused)
{
    sigset_t set;
    int signal;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    tell_when_the_leader_has_gone();
    sigwait(&set, &signal);
    printf("waited for %s\n", strsignal(signal));
    fflush(stdout);
    return 0;
}

static void try(const char *name, void *(*body)(void *), int handles, int signal)
{
    int status;
    char byte;
    pipe(ready);
    pid_t child = fork();
    if (child == 0)
    {
        pthread_t thread;
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigprocmask(SIG_BLOCK, &set, 0);
        if (handles)
        {
            struct sigaction action = { .sa_handler = handled };
            sigaction(SIGTERM, &action, 0);
            sigaction(SIGALRM, &action, 0);
        }

        leader = pthread_self();
        sets_alarm = signal == SIGALRM;
        pthread_create(&thread, 0, body, 0);
        pthread_exit(0);
    }

    close(ready[1]);
    read(ready[0], &byte, 1);
    if (signal != SIGALRM)
    {
        usleep(50000);
        kill(child, signal);
    }

    waitpid(child, &status, 0);
    printf("%s: %04x\n", name, status);
    fflush(stdout);
    close(ready[0]);
}

int main(void)
{
    try("asleep, default", sleeps, 0, SIGTERM);
    try("asleep, handler", sleeps, 1, SIGTERM);
    try("busy, default", computes, 0, SIGTERM);
    try("busy, handler", computes, 1, SIGTERM);
    try("alarm", sleeps, 1, SIGALRM);
    try("sigwait", waits, 0, SIGUSR1);
    return 0;
}
