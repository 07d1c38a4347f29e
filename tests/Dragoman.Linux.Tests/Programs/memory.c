#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static sigjmp_buf env;
static volatile int code;
static void handler(int signal, siginfo_t *info, void *context) { code = info->si_code; siglongjmp(env, signal); }

int main(void)
{
    char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 7, 1 << 20);
    char *q = mremap(p, 1 << 20, 4 << 20, MREMAP_MAYMOVE);
    printf("mremap %d %d %d\n", q != MAP_FAILED, q[(1 << 20) - 1], q[2 << 20]);
    madvise(q, 4096, MADV_DONTNEED);
    printf("dontneed %d %d\n", q[0], q[4096]);
    printf("munmap %d\n", munmap(q, 4 << 20));

    void *brk0 = sbrk(0);
    char *grown = sbrk(100000);
    grown[99999] = 1;
    printf("brk %d\n", (char *)sbrk(0) - (char *)brk0 == 100000);
    sbrk(-100000);
    printf("brk back %d\n", sbrk(0) == brk0);

    char name[] = "/tmp/dragoman-mem-XXXXXX";
    int fd = mkstemp(name);
    ftruncate(fd, 4096);
    char *map = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(map, "through the map");
    char buffer[32] = "";
    pread(fd, buffer, 15, 0);
    printf("shared file: %s\n", buffer);
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    sigaction(SIGBUS, &action, 0);
    sigaction(SIGSEGV, &action, 0);
    int signal = sigsetjmp(env, 1);
    if (!signal)
        map[4096] = 1;
    printf("past the end: SIGBUS %d\n", signal == SIGBUS);
    char *private = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    private[0] = 'T';
    printf("private %c %c\n", private[0], map[0]);
    unlink(name);

    static const unsigned bad[] = { 0, 1, 8, 4095 };
    unsigned long wild[] = { 0, 8, 4096, 1UL << 46, 1UL << 47, (1UL << 47) - 8, 0x00FFFFFFFFFFFFF8, 0xFFFF000000000000, 0xFFFFFFFFFFFFFFF8, 0xFFFFFFFFFFFFFFFF };
    int faults = 0;
    for (int i = 0; i < (int)(sizeof wild / sizeof *wild); i++) {
        for (int kind = 0; kind < 6; kind++) {
            if (sigsetjmp(env, 1)) {
                faults++;
                continue;
            }
            volatile unsigned char *b = (volatile unsigned char *)wild[i];
            switch (kind) {
            case 0: (void)*b; break;
            case 1: *b = 1; break;
            case 2: (void)*(volatile unsigned long *)b; break;
            case 3: *(volatile unsigned long *)b = 1; break;
            case 4: __atomic_fetch_add((unsigned *)((unsigned long)b & ~3UL), 1, __ATOMIC_SEQ_CST); break;
            case 5: { unsigned char copy[16]; memcpy(copy, (void *)b, 16); __asm__ volatile("" :: "r"(copy) : "memory"); break; }
            }
        }
    }
    printf("wild pointers: %d faults\n", faults);

    unsigned long x = 0x1234, *tagged = (unsigned long *)((unsigned long)&x | (0x5AUL << 56));
    printf("tagged load %lx\n", *tagged);

    FILE *maps = fopen("/proc/self/maps", "r");
    char line[300];
    int found = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && (unsigned long)&x >= start && (unsigned long)&x < end)
            found = strstr(line, "[stack]") != 0;
    }
    printf("stack in maps %d\n", found);

    /* Code written, then run. */
    unsigned *code_page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 1; i <= 3; i++) {
        code_page[0] = 0x52800000 | (i * 100) << 5; /* mov w0, #i*100 */
        code_page[1] = 0xd65f03c0;                  /* ret */
        __builtin___clear_cache((char *)code_page, (char *)code_page + 8);
        printf("made code %d\n", ((int (*)(void))code_page)());
    }
    return 0;
}
