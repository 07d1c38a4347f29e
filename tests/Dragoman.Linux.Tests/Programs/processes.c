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
static volatile int children;
static void on_child(int signal) { children++; }

int main(int argc, char **argv)
{
    int status;
    if (argc > 1 && !strcmp(argv[1], "child")) {
        printf("child of exec: %s %s fd9 %s\n", argv[2], getenv("GIVEN") ? getenv("GIVEN") : "-", fcntl(9, F_GETFD) < 0 ? "closed" : "open");
        return 21;
    }
    setvbuf(stdout, 0, _IOLBF, 0);

    int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *own = malloc(1 << 20);
    own[1000] = 5;
    static int data = 3;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        printf("child: own %d data %d parent %d\n", own[1000], data, getppid() == parent);
        own[1000] = data = 77;
        shared[0] = 42;
        _exit(13);
    }
    pid_t waited = waitpid(pid, &status, 0);
    printf("parent: %d exit %d own %d data %d shared %d\n", waited == pid, WEXITSTATUS(status), own[1000], data, shared[0]);

    int pipes[2];
    pipe(pipes);
    if (fork() == 0) {
        close(pipes[0]);
        for (int i = 0; i < 1000; i++)
            dprintf(pipes[1], "line %d\n", i);
        _exit(0);
    }
    close(pipes[1]);
    FILE *in = fdopen(pipes[0], "r");
    char line[100];
    int lines = 0;
    while (fgets(line, sizeof line, in))
        lines++;
    fclose(in);
    wait(&status);
    printf("pipe lines %d\n", lines);

    if (fork() == 0) {
        kill(getpid(), SIGKILL);
    }
    wait(&status);
    printf("killed %d %d\n", WIFSIGNALED(status), WTERMSIG(status));
    if (fork() == 0) {
        fclose(stderr);
        abort();
    }
    wait(&status);
    printf("aborted %d %d\n", WIFSIGNALED(status), WTERMSIG(status));
    if (fork() == 0) {
        raise(SIGSTOP);
        _exit(3);
    }
    pid = waitpid(-1, &status, WUNTRACED);
    printf("stopped %d\n", WIFSTOPPED(status));
    kill(pid, SIGCONT);
    waitpid(pid, &status, 0);
    printf("continued %d\n", WEXITSTATUS(status));

    open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup3(0, 9, O_CLOEXEC);
    char *arguments[] = { argv[0], "child", "spawned", 0 };
    char *environment[] = { "GIVEN=value", 0 };
    if (posix_spawn(&pid, argv[0], 0, 0, arguments, environment) == 0) {
        waitpid(pid, &status, 0);
        printf("spawned %d\n", WEXITSTATUS(status));
    }
    pid = vfork();
    if (pid == 0) {
        execl(argv[0], argv[0], "child", "vforked", (char *)0);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    printf("vforked %d\n", WEXITSTATUS(status));

    printf("exec of nothing %d\n", execl("/nonexistent", "x", (char *)0) < 0 && errno == ENOENT);
    printf("exec of text %d\n", execl("/etc/passwd", "x", (char *)0) < 0 && (errno == EACCES || errno == ENOEXEC));

    signal(SIGCHLD, on_child);
    for (int i = 0; i < 3; i++) {
        if (fork() == 0)
            _exit(i);
        while (children <= i)
            usleep(1000);
        wait(0);
    }
    printf("SIGCHLD %d\n", children);
    printf("no more children %d\n", wait(0) < 0 && errno == ECHILD);
    execl(argv[0], argv[0], "child", "replaced", (char *)0);
    return 1;
}
