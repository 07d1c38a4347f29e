/* O_LARGEFILE: a kernel of 64 bits sets it in every file that its own programs open; 32-bit programs have it where they ask for it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
enum { LARGE = 0100000 };
#else
enum { LARGE = 0400000 };
#endif

static void say(const char *name, int descriptor)
{
    long flags = syscall(SYS_fcntl, descriptor, F_GETFL, 0);
    if (flags < 0)
        printf("%s: %s\n", name, strerror(errno));
    else
        printf("%s: %s\n", name, flags & LARGE ? "large" : "small");
}

static int open_raw(const char *path, int flags)
{
    return syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

int main(void)
{
    char folder[] = "/tmp/dragoman-large-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;
    int plain = open_raw("plain", O_CREAT | O_RDWR), asked = open_raw("plain", O_RDWR | LARGE);
    say("plain", plain);
    say("asked", asked);
    say("dup of plain", dup(plain));
    say("dup of asked", dup(asked));
    say("dup2 over asked", dup3(plain, asked, 0));
    say("at 100", fcntl(plain, F_DUPFD_CLOEXEC, 100));
    fcntl(plain, F_SETFL, O_APPEND | LARGE);
    say("after F_SETFL", plain);
    say("path only", open_raw("plain", O_PATH | LARGE));
    say("folder", open_raw(".", O_RDONLY | O_DIRECTORY));
    say("device", open_raw("/dev/null", O_RDONLY));
    int pipes[2];
    pipe(pipes);
    say("pipe", pipes[0]);
    say("memfd", memfd_create("x", 0));
#ifdef SYS_creat
    say("creat", syscall(SYS_creat, "made", 0600));
#else
    puts("creat: large");
#endif
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        say("in a child", plain);
        say("number 100 in a child", 100);
        exit(0);
    }
    waitpid(child, NULL, 0);

    int big = open_raw("big", O_CREAT | O_RDWR | LARGE);
    if (big < 0 || ftruncate64(big, 3LL << 30) != 0)
        return 2;
    int again = open_raw("big", O_RDONLY);
    printf("3 GiB: %s\n", again >= 0 ? "opened" : strerror(errno));
    again = open_raw("big", O_RDONLY | LARGE);
    printf("3 GiB, asked: %s\n", again >= 0 ? "opened" : strerror(errno));
    again = open_raw("big", O_PATH);
    printf("3 GiB, path only: %s\n", again >= 0 ? "opened" : strerror(errno));
    unlink("big");
    unlink("plain");
    unlink("made");
    chdir("/");
    rmdir(folder);
    return 0;
}
