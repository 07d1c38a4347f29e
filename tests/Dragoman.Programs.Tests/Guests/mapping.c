// mmap, mprotect, mremap, munmap, brk, files mapped shared and private, and the signals of wrong access.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf place;
static volatile uintptr_t fault;
static volatile int code;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault = (uintptr_t)info->si_addr;
    code = info->si_code;
    siglongjmp(place, number);
}

static void touch(const char *what, volatile char *at, int store)
{
    int number = sigsetjmp(place, 1);
    if (number == 0)
    {
        if (store)
        {
            *at = 1;
        }
        else
        {
            (void)*at;
        }

        printf("%s: fine\n", what);
    }
    else
    {
        printf("%s: signal %d code %d at the place %d\n", what, number, code, fault == (uintptr_t)at);
    }
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    long page = sysconf(_SC_PAGESIZE);
    printf("page %ld\n", page);

    char *area = mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    touch("fresh", area, 1);
    mprotect(area + page, page, PROT_READ);
    touch("read only, load", area + page, 0);
    touch("read only, store", area + page, 1);
    mprotect(area + 2 * page, page, PROT_NONE);
    touch("none, load", area + 2 * page, 0);
    munmap(area + 3 * page, page);
    touch("unmapped, load", area + 3 * page, 0);
    touch("unmapped, store", area + 3 * page + 5, 1);
    mprotect(area + page, page, PROT_READ | PROT_WRITE);
    touch("writable again", area + page, 1);

    char *fixed = mmap(area + 3 * page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("fixed %d zero %d\n", fixed == area + 3 * page, *fixed == 0);
    void *refused = mmap(area, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    printf("noreplace %d\n", refused == MAP_FAILED && errno == EEXIST);

    strcpy(area + 4 * page, "kept by mremap");
    char *moved = mremap(area + 4 * page, page, 200 * page, MREMAP_MAYMOVE);
    printf("mremap %d %s\n", moved != MAP_FAILED, moved);
    moved[199 * page] = 9;
    moved = mremap(moved, 200 * page, 2 * page, 0);
    printf("shrunk %s\n", moved);
    touch("past the shrunk end", moved + 2 * page, 0);
    char *target = mmap(NULL, 4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    moved = mremap(moved, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    printf("fixed %d %s\n", moved == target, moved);

    int file = memfd_create("data", 0);
    ftruncate(file, page + 100);
    char *shared = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *private = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    strcpy(shared, "through the file");
    char text[20] = "";
    pread(file, text, 16, 0);
    printf("%s|%s\n", text, private);
    strcpy(private, "mine");
    printf("%s|%s\n", shared, private);
    pwrite(file, "written", 8, page);
    printf("%s\n", shared + page);
    touch("file's last page", shared + 2 * page - 1, 0);
    touch("past the file's end, load", shared + 2 * page, 0);
    touch("past the file's end, store", shared + 3 * page + 1, 1);
    ftruncate(file, 4 * page);
    touch("grown file", shared + 3 * page + 1, 1);
    printf("msync %d\n", msync(shared, 4 * page, MS_SYNC));

    printf("madvise %d\n", madvise(area, page, MADV_DONTNEED));
    printf("zero again %d\n", area[0]);
    unsigned char resident[4];
    printf("mincore %d\n", mincore(shared, 4 * page, resident));
    printf("mprotect unmapped %d\n", mprotect(area + 4 * page, page, PROT_READ) < 0 && errno == ENOMEM);
    printf("mprotect unaligned %d\n", mprotect(area + 1, page, PROT_READ) < 0 && errno == EINVAL);
    printf("munmap unaligned %d\n", munmap(area + 1, page) < 0 && errno == EINVAL);
    printf("mmap nothing %d\n", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
    printf("mmap bad file %d\n", mmap(NULL, page, PROT_READ, MAP_PRIVATE, 999, 0) == MAP_FAILED && errno == EBADF);
    printf("huge %d\n", mmap(NULL, 1ul << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == ENOMEM);

    char *now = sbrk(0);
    printf("sbrk %d\n", sbrk(3 * page) == now);
    memset(now, 5, 3 * page);
    printf("brk %d\n", brk(now));

    // Many maps and unmaps in a checkerboard.
    char *board = mmap(NULL, 256 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 256; i += 2)
    {
        munmap(board + i * page, page);
    }

    for (int i = 1; i < 256; i += 2)
    {
        board[i * page] = (char)i;
    }

    int good = 1;
    for (int i = 1; i < 256; i += 2)
    {
        good &= board[i * page] == (char)i;
    }

    printf("board %d\n", good);
    munmap(board, 256 * page);
    touch("board gone", board + page, 0);
    return 0;
}
