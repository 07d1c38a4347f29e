// Forks where no file may be written: either there is a child, or there is no memory for it.
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit = { 0, 0 };
    setrlimit(RLIMIT_FSIZE, &limit);
    pid_t child = fork();
    if (child == 0)
    {
        _exit(0);
    }

    int known = child > 0 ? waitpid(child, 0, 0) == child : errno == ENOMEM;
    puts(known ? "goes on" : "lost");
    return 0;
}
