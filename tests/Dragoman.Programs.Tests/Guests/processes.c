// fork, wait, execve of this same program, posix_spawn, vfork, pipes between processes, exit statuses, memory apart and shared.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int as_child(int argc, char **argv)
{
    if (strcmp(argv[1], "exit") == 0)
    {
        return atoi(argv[2]);
    }

    if (strcmp(argv[1], "say") == 0)
    {
        for (int i = 2; i < argc; i++)
        {
            printf("[%s]", argv[i]);
        }

        printf(" %s\n", getenv("GIVEN") ? getenv("GIVEN") : "(none)");
        return 0;
    }

    if (strcmp(argv[1], "upper") == 0)
    {
        for (int c; (c = getchar()) != EOF;)
        {
            putchar(c >= 'a' && c <= 'z' ? c - 32 : c);
        }

        return 0;
    }

    if (strcmp(argv[1], "closed") == 0)
    {
        return fcntl(atoi(argv[2]), F_GETFD) < 0 ? 1 : 2;
    }

    return 99;
}

static int wait_for(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child)
    {
        return -1;
    }

    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void run(const char *me, const char *a, const char *b)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
    {
        execl(me, me, a, b, (char *)NULL);
        _exit(98);
    }

    printf("exec %s %s: %d\n", a, b, wait_for(child));
}

int main(int argc, char **argv)
{
    if (argc > 1)
    {
        return as_child(argc, argv);
    }

    setvbuf(stdout, NULL, _IOLBF, 0);
    char me[500] = "";
    readlink("/proc/self/exe", me, sizeof me - 1);
    int variable = 1;
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0)
    {
        variable = 2;
        *shared = getppid() == parent && getpid() != parent ? 42 : 43;
        _exit(7);
    }

    int ended = wait_for(child);
    printf("fork: %d variable %d shared %d\n", ended, variable, *shared);
    run(me, "exit", "5");
    run(me, "exit", "255");
    run(me, "say", "hello there");
    run("/no/such/program", "say", "x");

    setenv("GIVEN", "through the environment", 1);
    char *arguments[] = { me, "say", "spawned", "", NULL };
    pid_t spawned;
    fflush(stdout);
    int error = posix_spawn(&spawned, me, NULL, NULL, arguments, environ);
    printf("spawn %d: %d\n", error, wait_for(spawned));
    error = posix_spawn(&spawned, "/no/such/program", NULL, NULL, arguments, environ);
    printf("spawn missing %d\n", error == ENOENT);

    pid_t quick = vfork();
    if (quick == 0)
    {
        execl(me, me, "exit", "9", (char *)NULL);
        _exit(98);
    }

    printf("vfork %d\n", wait_for(quick));

    // parent | child (upper) | parent
    int to[2], from[2];
    pipe2(to, O_CLOEXEC);
    pipe2(from, O_CLOEXEC);
    child = fork();
    if (child == 0)
    {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execl(me, me, "upper", (char *)NULL);
        _exit(98);
    }

    close(to[0]);
    close(from[1]);
    write(to[1], "some text through pipes\n", 24);
    close(to[1]);
    char text[100] = "";
    long length = 0, part;
    while ((part = read(from[0], text + length, sizeof text - length)) > 0)
    {
        length += part;
    }

    printf("%ld %s", length, text);
    printf("upper %d\n", wait_for(child));

    /* Numbers that nobody who started this program can have left open. */
    int kept = dup3(1, 50, 0), closed = dup3(1, 51, O_CLOEXEC);
    char number[20];
    snprintf(number, sizeof number, "%d", kept);
    run(me, "closed", number);
    snprintf(number, sizeof number, "%d", closed);
    run(me, "closed", number);

    child = fork();
    if (child == 0)
    {
        for (;;)
        {
            pause();
        }
    }

    kill(child, SIGTERM);
    printf("killed %d\n", wait_for(child));
    child = fork();
    if (child == 0)
    {
        *(volatile int *)0 = 1;
    }

    printf("crashed %d\n", wait_for(child));
    printf("no children %d\n", wait(NULL) < 0 && errno == ECHILD);

    // A tree: each child forks one more.
    child = fork();
    int depth = 0;
    while (child == 0 && depth < 4)
    {
        depth++;
        child = fork();
    }

    if (child == 0)
    {
        _exit(1);
    }

    int below = wait_for(child);
    if (depth > 0)
    {
        _exit(below + 1);
    }

    printf("tree %d\n", below);
    siginfo_t info = { 0 };
    child = fork();
    if (child == 0)
    {
        _exit(12);
    }

    printf("waitid %d", waitid(P_PID, child, &info, WEXITED));
    printf(" %d %d %d\n", info.si_code == CLD_EXITED, info.si_status, info.si_pid == child);
    fflush(stdout);
    execl(me, me, "say", "the end", (char *)NULL);
    return 97;
}
