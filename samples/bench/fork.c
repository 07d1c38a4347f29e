/* Processes: fork, execute this program again, wait for its exit status.
 *   fork [COUNT [EMULATOR]]
 * An emulator that cannot execute a guest program by itself (qemu-user without binfmt_misc) is named as the second argument. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "child") == 0)
        return (atoi(argv[2]) * 7 + 3) & 0x3F;

    int count = argc > 1 ? atoi(argv[1]) : 80;
    const char *emulator = argc > 2 ? argv[2] : NULL;
    unsigned sum = 0;
    for (int i = 0; i < count; i++) {
        int status;
        pid_t pid = fork();
        if (pid < 0) {
            perror("fork");
            return 1;
        }
        if (pid == 0) {
            char number[16];
            snprintf(number, sizeof number, "%d", i);
            if (emulator)
                execl(emulator, emulator, argv[0], "child", number, (char *)NULL);
            else
                execl("/proc/self/exe", argv[0], "child", number, (char *)NULL);
            perror(emulator ? emulator : "/proc/self/exe");
            _exit(127);
        }
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127) {
            fprintf(stderr, "fork: child %d did not end well\n", i);
            return 1;
        }
        sum = sum * 31 + (unsigned)WEXITSTATUS(status);
    }
    printf("fork %d %08x\n", count, sum);
    return 0;
}
