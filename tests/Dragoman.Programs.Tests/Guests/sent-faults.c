/* Fault signals that another process sends; and what /proc/self/fd and /proc/self/task list. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int seen, sender, code;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    seen = signal;
    sender = info->si_pid;
    code = info->si_code;
}

static void list(const char *path, int numbers)
{
    int found[64], count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' && count < 64)
            found[count++] = atoi(entry->d_name);
    closedir(directory);
    printf("%s: %d:", path, count);
    for (int number = 0; numbers && number < 2000; number++)
        for (int i = 0; i < count; i++)
            if (found[i] == number)
                printf(" %d", number);
    printf("\n");
}

static void *idle(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

int main(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    int status;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
        sigaction(signals[i], &action, NULL);
        pid_t child = fork();
        if (child == 0) {
            kill(getppid(), signals[i]);
            _exit(0);
        }
        while (waitpid(child, &status, 0) < 0)
            continue;
        printf("%s: caught %d, from the child %d, code %d\n", strsignal(signals[i]), seen == signals[i], sender == child, code);
        fflush(stdout);
        int ready[2];
        char byte = 0;
        if (pipe(ready) != 0)
            return 1;
        child = fork();
        if (child == 0) {
            signal(signals[i], SIG_DFL);
            if (write(ready[1], "x", 1) == 1)
                pause();
            _exit(0);
        }
        while (read(ready[0], &byte, 1) < 0)
            continue;
        close(ready[0]);
        close(ready[1]);
        kill(child, signals[i]);
        waitpid(child, &status, 0);
        printf("%s: killed %d\n", strsignal(signals[i]), WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
    }

    /* What whoever started this has left open is none of its business. */
    for (int i = 3; i < 1024; i++)
        close(i);
    dup2(open("/dev/null", O_RDONLY), 77);
    dup2(77, 1234);
    close(3);
    list("/proc/self/fd", 1);
    list("/proc/self/fdinfo", 1);
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[2];
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, idle, &gate);
    list("/proc/self/task", 0);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
