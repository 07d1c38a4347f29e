/* Whether the host's kernel is entered as the processor does it: INT 80H reaches it from 64-bit code, and NT is after a system call what it was before. */
#include <sys/syscall.h>

int main(void)
{
    long first, second, flags;
    __asm__ volatile("pushfq\n\torq $0x4000, (%%rsp)\n\tpopfq\n\tsyscall\n\tpushfq\n\tpopq %1\n\tpushfq\n\tandq $~0x4000, (%%rsp)\n\tpopfq"
                     : "=a"(first), "=r"(flags) : "0"((long)SYS_getpid) : "rcx", "r11", "cc", "memory");
    __asm__ volatile("int $0x80" : "=a"(second) : "0"(20L) : "memory");
    return first == second && (flags & 0x4000) != 0 ? 0 : 1;
}
