/* What a process may execute: by PT_GNU_STACK, which is patched in the file, and by personality(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, BOTH = PROT_READ | PROT_WRITE, RET = 0xC3 };

static const unsigned char constant[64] = { RET };
static unsigned char data[64] = { RET }, bss[3 << 20];
static sigjmp_buf back;
static volatile int code;

static void fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    code = info->si_code;
    siglongjmp(back, 1);
}

static void say(const char *name, const void *at)
{
    if (sigsetjmp(back, 1) != 0)
        printf("%s: %s\n", name, code == SEGV_ACCERR ? "no" : "nothing there");
    else {
        ((void (*)(void))at)();
        printf("%s: yes\n", name);
    }
}

static unsigned char *fill(void *at)
{
    if (at == MAP_FAILED)
        return NULL;
    *(unsigned char *)at = RET;
    return at;
}

static void all(void)
{
    unsigned char stack[64] = { RET };
    __asm__ volatile("" : : "r"(stack) : "memory");
    printf("READ_IMPLIES_EXEC: %s\n", personality(0xffffffff) & READ_IMPLIES_EXEC ? "yes" : "no");
    say("stack", stack);
    say("constant", constant);
    say("data", data);
    bss[2 << 20] = RET;
    say("bss", bss + (2 << 20));
    say("heap", fill(sbrk(4096)));
    unsigned char *map = fill(mmap(NULL, 4096, BOTH, ANONYMOUS, -1, 0));
    say("anonymous memory", map);
    mprotect(map, 4096, PROT_READ);
    say("read only", map);
    mprotect(map, 4096, PROT_NONE);
    say("no access", map);
    mprotect(map, 4096, PROT_READ | PROT_EXEC);
    say("asked for", map);
    say("shared memory", fill(mmap(NULL, 4096, BOTH, MAP_SHARED | MAP_ANONYMOUS, -1, 0)));
    int segment = shmget(IPC_PRIVATE, 4096, 0600);
    say("segment", fill(shmat(segment, NULL, 0)));
    shmctl(segment, IPC_RMID, NULL);
    int file = open("/proc/self/exe", O_RDONLY);
    unsigned char *content = mmap(NULL, 4096, BOTH, MAP_PRIVATE, file, 0);
    say("a file", fill(content));
    close(file);
}

static void again(const char *me, const char *name)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl(me, me, name, (char *)NULL);
        _exit(98);
    }
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
    sigaction(SIGSEGV, &action, NULL);
    if (argc > 1) {
        printf("%s: %x\n", argv[1], personality(0xffffffff));
        return 0;
    }
    all();
    char me[500] = "";
    readlink("/proc/self/exe", me, sizeof me - 1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("in a child: %x\n", personality(0xffffffff));
        exit(0);
    }
    waitpid(child, NULL, 0);
    printf("set: %x\n", personality(READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE));
    say("memory mapped now", fill(mmap(NULL, 4096, BOTH, ANONYMOUS, -1, 0)));
    say("heap now", fill((char *)sbrk(1 << 20) + (1 << 19)));
    again(me, "executed");
    printf("set: %x\n", personality(0));
    say("memory mapped after", fill(mmap(NULL, 4096, BOTH, ANONYMOUS, -1, 0)));
    again(me, "executed without");
    return 0;
}
