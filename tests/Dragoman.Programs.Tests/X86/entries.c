/* Entries to the kernel that only x86 has: INT 80H of both modes, MAP_32BIT, set_thread_area. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long int80(long number, long b, long c, long d)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(b), "c"(c), "d"(d) : "memory");
    return result;
}

#ifdef __x86_64__
static void own(void)
{
    for (int i = 0; i < 3; i++)
    {
        char *low = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        printf("low %d\n", low != MAP_FAILED && (unsigned long)low + 65536 <= 0x80000000UL);
        if (i == 0)
        {
            strcpy(low, "/etc/passwd");
            long file = int80(5, (long)low, O_RDONLY, 0);
            printf("open %d\n", file >= 0);
            printf("lseek %ld\n", int80(19, file, -1, SEEK_SET));
            printf("read %ld\n", int80(3, file, (long)low, 5));
            printf("close %ld\n", int80(6, file, 0, 0));
        }
    }

    void *long_one = mmap(0, 1UL << 31, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    printf("too long %d %d\n", long_one == MAP_FAILED, errno);
}
#else
#include <asm/ldt.h>

static void show(struct user_desc entry)
{
    struct user_desc read = { .entry_number = entry.entry_number };
    long result = syscall(SYS_get_thread_area, &read);
    printf("get %ld: same base %d limit %x flags %d%d%d%d%d%d\n", result, read.base_addr == entry.base_addr, read.limit,
        read.seg_32bit, read.contents, read.read_exec_only, read.limit_in_pages, read.seg_not_present, read.useable);
}

static void own(void)
{
    static int data[4] = { 11, 22, 33, 44 };
    struct user_desc entry = { .base_addr = (unsigned long)data, .limit = 15, .seg_32bit = 1, .useable = 1 };
    for (int i = 0; i < 4; i++)
    {
        entry.entry_number = -1;
        entry.base_addr = i == 0 ? 0 : (unsigned long)data;
        errno = 0;
        long result = syscall(SYS_set_thread_area, &entry);
        printf("set %ld %d entry %d\n", result, result < 0 ? errno : 0, entry.entry_number);
        if (result == 0)
        {
            show(entry);
            unsigned rights = 0, limit = 0;
            unsigned selector = entry.entry_number * 8 + 3;
            __asm__("lar %2, %0\n\tlsl %2, %1" : "+r"(rights), "+r"(limit) : "r"(selector) : "cc");
            printf("rights %x limit %x\n", rights, limit);
        }
    }

    int value;
    __asm__ volatile("movw %w1, %%fs\n\tmovl %%fs:8, %0" : "=r"(value) : "r"(14 * 8 + 3));
    printf("fs %d\n", value);
    entry = (struct user_desc){ .entry_number = 14, .base_addr = (unsigned long)(data + 1), .limit = 0xFFFFF, .seg_32bit = 1, .limit_in_pages = 1, .read_exec_only = 1 };
    printf("again %ld\n", syscall(SYS_set_thread_area, &entry));
    show(entry);
    __asm__ volatile("movl %%fs:8, %0" : "=r"(value));
    printf("fs %d\n", value);
    entry = (struct user_desc){ .entry_number = 13, .read_exec_only = 1, .seg_not_present = 1 };
    printf("clear %ld\n", syscall(SYS_set_thread_area, &entry));
    show(entry);
    entry = (struct user_desc){ .entry_number = 13, .base_addr = 4096 };
    printf("of 16 bits %ld %d\n", syscall(SYS_set_thread_area, &entry), errno);
    entry = (struct user_desc){ .entry_number = 3, .seg_32bit = 1, .limit = 1 };
    printf("of the kernel %ld %d\n", syscall(SYS_set_thread_area, &entry), errno);
}
#endif

static void messages(void)
{
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    char text[3][8] = { "one", "three", "" }, got[3][8] = { "", "", "" };
    struct iovec out[3], in[3];
    struct mmsghdr sent[3], received[3];
    memset(sent, 0, sizeof sent);
    memset(received, 0, sizeof received);
    for (int i = 0; i < 3; i++)
    {
        out[i] = (struct iovec){ text[i], strlen(text[i]) };
        in[i] = (struct iovec){ got[i], 4 };
        sent[i].msg_hdr.msg_iov = &out[i];
        received[i].msg_hdr.msg_iov = &in[i];
        sent[i].msg_hdr.msg_iovlen = received[i].msg_hdr.msg_iovlen = 1;
    }

    printf("sendmmsg %d", sendmmsg(pair[0], sent, 2, 0));
    printf(" %u %u %u\n", sent[0].msg_len, sent[1].msg_len, sent[2].msg_len);
    printf("recvmmsg %d", recvmmsg(pair[1], received, 3, MSG_WAITFORONE, 0));
    printf(" %u %s, %u %s %x\n", received[0].msg_len, got[0], received[1].msg_len, got[1], received[1].msg_hdr.msg_flags);
    struct timespec none = { 0, 0 };
    sendmmsg(pair[0], sent, 2, 0);
    printf("recvmmsg %d\n", recvmmsg(pair[1], received, 3, 0, &none));
    printf("recvmmsg %d %d\n", recvmmsg(99, received, 3, 0, 0), errno);
}

int main(void)
{
    messages();
    printf("getpid %d\n", int80(20, 0, 0, 0) == getpid());
    printf("bad %ld\n", int80(6, 99, 0, 0));
    printf("none %ld\n", int80(222, 0, 0, 0));
    own();
    return 0;
}
