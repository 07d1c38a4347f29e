// A robust mutex that is shared between processes, whose owner's process ends in every way that the kernel is there for.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared
{
    pthread_mutex_t mutex;
    volatile int taken;
} *shared;

static void *holds(void *unused)
{
    pthread_mutex_lock(&shared->mutex);
    shared->taken = 1;
    for (;;)
    {
        pause();
    }
}

static void *ends(void *unused)
{
    while (!shared->taken)
    {
        usleep(1000);
    }

    _exit(3);
}

static void *waits(void *unused)
{
    int result = pthread_mutex_lock(&shared->mutex);
    printf("woken: %s\n", strerror(result));
    pthread_mutex_consistent(&shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    return 0;
}

static void end(const char *how, char *self)
{
    pthread_t thread;
    if (strcmp(how, "other thread") == 0)
    {
        pthread_create(&thread, 0, holds, 0);
        ends(0);
    }

    if (strcmp(how, "thread beside a busy one") == 0)
    {
        pthread_create(&thread, 0, ends, 0);
        pthread_mutex_lock(&shared->mutex);
        shared->taken = 1;
        for (volatile long i = 0;; i++)
        {
        }
    }

    pthread_mutex_lock(&shared->mutex);
    shared->taken = 1;
    usleep(20000);
    if (strcmp(how, "exit") == 0)
    {
        _exit(0);
    }

    if (strcmp(how, "signal") == 0)
    {
        raise(SIGTERM);
    }

    if (strcmp(how, "fault") == 0)
    {
        *(volatile int *)8 = 1;
    }

    if (strcmp(how, "execve beside a thread") == 0)
    {
        pthread_create(&thread, 0, (void *(*)(void *))pause, 0);
    }

    execl(self, self, "executed", (char *)0);
}

int main(int count, char **words)
{
    if (count > 1)
    {
        return 4;
    }

    setvbuf(stdout, 0, _IOLBF, 0);
    char self[4096] = "";
    readlink("/proc/self/exe", self, sizeof self - 1);
    const char *ways[] = { "exit", "signal", "fault", "execve", "execve beside a thread", "other thread", "thread beside a busy one" };
    shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 7; i++)
    {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutex_init(&shared->mutex, &attributes);
        shared->taken = 0;
        alarm(60);
        pid_t child = fork();
        if (child == 0)
        {
            end(ways[i], self);
        }

        while (!shared->taken)
        {
            usleep(1000);
        }

        int status;
        pthread_t thread;
        pthread_create(&thread, 0, waits, 0);
        waitpid(child, &status, 0);
        pthread_join(thread, 0);
        printf("%s: %04x\n", ways[i], status);
    }

    return 0;
}
