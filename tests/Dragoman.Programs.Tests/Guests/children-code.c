// Children that run, at one address, code that differs from their parent's, and that execute this program anew, again and again: what was translated for one must not run in another.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"

typedef int (*function)(int);

static code_word *code;

static int run(int value)
{
    code[0] = set_result(value);
    code[1] = RETURN;
    __builtin___clear_cache((char *)code, (char *)(code + 2));
#if defined(__alpha__)
    /* GCC makes an imb of it only in trampolines. */
    __asm__ volatile("call_pal 0x86" : : : "memory");
#endif
    return ((function)code)(0);
}

int main(int argc, char **argv)
{
    code = mmap((void *)0x20000000, (size_t)getpagesize(), PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (argc == 3) {
        /* Executed: the pages are new, and the code at the same place differs. */
        int value = atoi(argv[2]);
        int result = run(value + 1);
        return result == value + 1 ? result : 127;
    }

    printf("parent %d\n", run(1));
    for (int i = 0; i < 6; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            /* The parent's code first, then the same in each child, then another in each. */
            int old = ((function)code)(0), same = run(50), own = run(60 + i);
            char number[16];
            snprintf(number, sizeof number, "%d", own);
            printf("child %d %d %d\n", old, same, own);
            fflush(stdout);
            execl("/proc/self/exe", argv[0], "again", number, (char *)NULL);
            _exit(126);
        }

        int status;
        waitpid(child, &status, 0);
        printf("status %d, mine %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1, ((function)code)(0));
        /* What all children had, but of the parent's own making. */
        printf("parent %d\n", run(i % 2 ? 50 : 2 + i));
    }

    return 0;
}
