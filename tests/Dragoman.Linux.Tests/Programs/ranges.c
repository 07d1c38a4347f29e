// What mmap and madvise refuse.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void say(const char *what, int failed)
{
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

int main(void)
{
    const int page = 4096, both = PROT_READ | PROT_WRITE;
    char *area = mmap(0, 3 * page, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 1, 3 * page);
    munmap(area + page, page);
    say("advise over a hole", madvise(area, 3 * page, MADV_DONTNEED));
    printf("%d %d\n", area[0], area[2 * page]);
    say("advise beside it", madvise(area, page, MADV_DONTNEED));
    say("no kind, no file", mmap(0, page, both, 0, -1, 0) == MAP_FAILED);
    say("no kind, a file", mmap(0, page, PROT_READ, 0, 0, 0) == MAP_FAILED);
    say("no length, no file", mmap(0, 0, both, MAP_PRIVATE, -1, 0) == MAP_FAILED);
    int file = memfd_create("file", 0);
    ftruncate(file, page);
    say("a shared file that grows", mmap(0, page, both, MAP_SHARED | MAP_GROWSDOWN, file, 0) == MAP_FAILED);
    say("a private file that grows", mmap(0, page, both, MAP_PRIVATE | MAP_GROWSDOWN, file, 0) == MAP_FAILED);
    say("shared memory that grows", mmap(0, page, both, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0) == MAP_FAILED);
    say("private memory that grows", mmap(0, page, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0) == MAP_FAILED);
    return 0;
}
