#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static volatile int children;
static void on_child(int signal) { children++; }

static int end_by_exit(void *word)
{
    *(int *)word = 42;
    syscall(SYS_exit, 9);
    return 0;
}

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

    /* A process group of its own, whose parent is in another: the kernel ignores SIGTSTP in one that nobody could continue. */
    int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP };
    for (int i = 0; i < 4; i++) {
        pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            raise(stops[i]);
            raise(stops[i]);
            _exit(14);
        }
        for (int times = 0; times < 2; times++) {
            waitpid(pid, &status, WUNTRACED);
            printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status) == stops[i]);
            kill(pid, SIGCONT);
        }
        waitpid(pid, &status, 0);
        printf("went on to exit %d\n", WEXITSTATUS(status));
    }

    /* It borrows its parent's memory, and ends by exit(2), which is a thread's. */
    int word = 0;
    char *stack = malloc(65536);
    pid = clone(end_by_exit, stack + 65536, CLONE_VM | CLONE_VFORK | SIGCHLD, &word);
    waitpid(pid, &status, 0);
    printf("borrowed: %d exit %d\n", word, WEXITSTATUS(status));

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
