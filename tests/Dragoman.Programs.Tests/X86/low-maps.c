/* Where mmap puts memory: by INT 80H from 64-bit code where 32 bits reach it, with MAP_32BIT in the second GiB. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static long mmap2(unsigned long address, unsigned long length, long protection, long flags, int descriptor, long page)
{
    long result;
    register long second __asm__("rdi") = descriptor;
    __asm__ volatile("push %%rbp\n\tmov %[page], %%rbp\n\tint $0x80\n\tpop %%rbp"
                     : "=a"(result)
                     : "0"(192L), "b"(address), "c"(length), "d"(protection), "S"(flags), "r"(second), [page] "r"(page)
                     : "memory", "r8", "r9", "r10", "r11");
    return result;
}

static void say(const char *name, long at)
{
    unsigned long address = at;
    if (at < 0 && at > -4096)
        printf("%s: error %ld\n", name, -at);
    else
        printf("%s: %s\n", name, address >= 1UL << 32 ? "high" : address >= 1UL << 31 ? "below 4 GiB" : address >= 1UL << 30 ? "second GiB" : "low");
}

int main(void)
{
    enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };
    setvbuf(stdout, NULL, _IONBF, 0);
    char *plain = mmap(NULL, 8192, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0);
    say("plain", (long)plain);
    say("MAP_32BIT", (long)mmap(NULL, 8192, PROT_READ, ANONYMOUS | MAP_32BIT, -1, 0));
    say("MAP_32BIT, hint of 256 MiB", (long)mmap((void *)0x10000000, 8192, PROT_READ, ANONYMOUS | MAP_32BIT, -1, 0));
    say("MAP_32BIT, high hint", (long)mmap((void *)0x200000000000, 8192, PROT_READ, ANONYMOUS | MAP_32BIT, -1, 0));
    int chunks = 0;
    while (chunks < 20 && mmap(NULL, 1UL << 27, PROT_NONE, ANONYMOUS | MAP_32BIT | MAP_NORESERVE, -1, 0) != MAP_FAILED)
        chunks++;
    printf("MAP_32BIT has room for %s\n", chunks > 5 && chunks <= 8 ? "a GiB" : "something else");
    say("int 80h", mmap2(0, 8192, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0));
    say("int 80h, MAP_32BIT", mmap2(0, 8192, PROT_READ | PROT_WRITE, ANONYMOUS | MAP_32BIT, -1, 0));
    say("int 80h, shared", mmap2(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    say("int 80h, hint", mmap2(0x20000000, 8192, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0));
    say("int 80h, fixed", mmap2(0x28000000, 8192, PROT_READ | PROT_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
    say("int 80h, too long", mmap2(0, 0xffffe000, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0));
    say("int 80h, no length", mmap2(0, 0, PROT_NONE, ANONYMOUS, -1, 0));
    int file = open("/proc/self/exe", O_RDONLY);
    char *second = (char *)mmap2(0, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    say("int 80h, file", (long)second);
    printf("%.3s\n", second + 1);
    char byte[4096];
    pread(file, byte, sizeof byte, 4096);
    second = (char *)mmap2(0, 4096, PROT_READ, MAP_PRIVATE, file, 1);
    printf("its second page %d\n", memcmp(second, byte, sizeof byte) == 0);
    return 0;
}
