// Leaves the folder it was started in, then forks, and executes itself from a child and beside a thread.
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *waits(void *unused)
{
    for (;;)
    {
        pause();
    }
}

int main(int count, char **words)
{
    if (count > 1)
    {
        printf("executed %s\n", words[1]);
        return 0;
    }

    int status;
    pthread_t thread;
    chdir("/");
    if (fork() == 0)
    {
        execl("/proc/self/exe", "folder", "by a child", (char *)0);
        _exit(2);
    }

    wait(&status);
    printf("status %x\n", status);
    fflush(stdout);
    pthread_create(&thread, 0, waits, 0);
    execl("/proc/self/exe", "folder", "beside a thread", (char *)0);
    return 1;
}
