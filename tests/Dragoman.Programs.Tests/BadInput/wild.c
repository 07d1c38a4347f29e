// Does one wrong thing, named by its argument, and should die of it. "survived" is printed when it does not.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../Guests/machine.h"

#if defined(__aarch64__)
#define STORE_THROUGH_STACK_POINTER "mov sp, %0\n\tstr xzr, [sp]"
#define LOCK_AND_STORE "ldxr x0, [%0]\n\tstxr w1, x0, [%0]"
#define CLOBBERED "x0", "x1"
#elif defined(__alpha__)
#define STORE_THROUGH_STACK_POINTER "mov %0, $30\n\tstq $31, 0($30)"
#define LOCK_AND_STORE "ldq_l $0, 0(%0)\n\tstq_c $0, 0(%0)"
#define CLOBBERED "$0"
#elif defined(__x86_64__)
#define STORE_THROUGH_STACK_POINTER "mov %0, %%rsp\n\tpush $0"
#define LOCK_AND_STORE "lock incq (%0)"
#define CLOBBERED "cc"
#elif defined(__i386__)
#define STORE_THROUGH_STACK_POINTER "mov %0, %%esp\n\tpush $0"
#define LOCK_AND_STORE "lock incl (%0)"
#define CLOBBERED "cc"
#endif

#if defined(__aarch64__)
uintptr_t own_address(void);
__asm__(".text\nown_address: adr x0, .\n\tret");
#endif

static void access_at(uint64_t place, int size, int store)
{
    uintptr_t address = (uintptr_t)place;
    switch (size * 2 + store)
    {
#if defined(__aarch64__)
        case 2: __asm__ volatile("ldrb w0, [%0]" : : "r"(address) : "x0", "memory"); break;
        case 3: __asm__ volatile("strb wzr, [%0]" : : "r"(address) : "memory"); break;
        case 4: __asm__ volatile("ldrh w0, [%0]" : : "r"(address) : "x0", "memory"); break;
        case 5: __asm__ volatile("strh wzr, [%0]" : : "r"(address) : "memory"); break;
        case 8: __asm__ volatile("ldr w0, [%0]" : : "r"(address) : "x0", "memory"); break;
        case 9: __asm__ volatile("str wzr, [%0]" : : "r"(address) : "memory"); break;
        case 16: __asm__ volatile("ldr x0, [%0]" : : "r"(address) : "x0", "memory"); break;
        case 17: __asm__ volatile("str xzr, [%0]" : : "r"(address) : "memory"); break;
        case 32: __asm__ volatile("ldr q0, [%0]" : : "r"(address) : "v0", "memory"); break;
        case 33: __asm__ volatile("str q0, [%0]" : : "r"(address) : "memory"); break;
        case 64: __asm__ volatile("ldp q0, q1, [%0]" : : "r"(address) : "v0", "v1", "memory"); break;
        case 65: __asm__ volatile("stp q0, q1, [%0]" : : "r"(address) : "memory"); break;
#elif defined(__alpha__)
        case 2: __asm__ volatile("ldbu $0, 0(%0)" : : "r"(address) : "$0", "memory"); break;
        case 3: __asm__ volatile("stb $31, 0(%0)" : : "r"(address) : "memory"); break;
        case 4: __asm__ volatile("ldwu $0, 0(%0)" : : "r"(address) : "$0", "memory"); break;
        case 5: __asm__ volatile("stw $31, 0(%0)" : : "r"(address) : "memory"); break;
        case 8: __asm__ volatile("ldl $0, 0(%0)" : : "r"(address) : "$0", "memory"); break;
        case 9: __asm__ volatile("stl $31, 0(%0)" : : "r"(address) : "memory"); break;
        case 16: __asm__ volatile("ldq $0, 0(%0)" : : "r"(address) : "$0", "memory"); break;
        case 17: __asm__ volatile("stt $f31, 0(%0)" : : "r"(address) : "memory"); break;
#elif defined(__x86_64__) || defined(__i386__)
        case 2: __asm__ volatile("movb (%0), %%al" : : "r"(address) : "eax", "memory"); break;
        case 3: __asm__ volatile("movb $0, (%0)" : : "r"(address) : "memory"); break;
        case 4: __asm__ volatile("movw (%0), %%ax" : : "r"(address) : "eax", "memory"); break;
        case 5: __asm__ volatile("movw $0, (%0)" : : "r"(address) : "memory"); break;
        case 8: __asm__ volatile("movl (%0), %%eax" : : "r"(address) : "eax", "memory"); break;
        case 9: __asm__ volatile("movl $0, (%0)" : : "r"(address) : "memory"); break;
        case 16: __asm__ volatile("fldl (%0)\n\tfstp %%st(0)" : : "r"(address) : "memory"); break;
        case 17: __asm__ volatile("fldz\n\tfstpl (%0)" : : "r"(address) : "memory"); break;
        case 32: __asm__ volatile("movups (%0), %%xmm0" : : "r"(address) : "memory"); break;
        case 33: __asm__ volatile("movups %%xmm0, (%0)" : : "r"(address) : "memory"); break;
        case 64: __asm__ volatile("vmovups (%0), %%ymm0" : : "r"(address) : "memory"); break;
        case 65: __asm__ volatile("vmovups %%ymm0, (%0)" : : "r"(address) : "memory"); break;
#endif
        default: exit(3);
    }
}

static int recurse(int depth)
{
    volatile char room[4096];
    room[depth % 4096] = (char)depth;
    return recurse(depth + 1) + room[depth % 4096];
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *what = argv[1];
    size_t page = (size_t)getpagesize();
    if (strcmp(what, "at") == 0)
    {
        access_at(strtoull(argv[2], NULL, 0), atoi(argv[3]), atoi(argv[4]));
    }
    else if (strcmp(what, "edge") == 0)
    {
        // One byte of the access lies in a page that is not there.
        char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(pages + page, page);
        access_at((uintptr_t)pages + page - (uintptr_t)atoi(argv[3]) + 1, atoi(argv[3]), atoi(argv[4]));
    }
    else if (strcmp(what, "inside") == 0)
    {
        char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(pages + page, page);
        access_at((uintptr_t)pages + page - (uintptr_t)atoi(argv[3]), atoi(argv[3]), atoi(argv[4]));
    }
    else if (strcmp(what, "past-file") == 0)
    {
        int file = memfd_create("short", 0);
        ftruncate(file, 100);
        char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        access_at((uintptr_t)pages + page, atoi(argv[3]), atoi(argv[4]));
    }
    else if (strcmp(what, "file-tail") == 0)
    {
        // The last page of a mapped file is whole, however small the file is and the host's pages are.
        int file = memfd_create("short", 0);
        ftruncate(file, 100);
        char *pages = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        access_at((uintptr_t)pages + page - (uintptr_t)atoi(argv[3]), atoi(argv[3]), atoi(argv[4]));
    }
    else if (strcmp(what, "tagged") == 0)
    {
        // Where the top byte of an address is ignored this is no fault.
        static uint64_t word = 1;
        access_at((uintptr_t)&word | 0xa5ull << 56, 8, 0);
    }
#if defined(__aarch64__)
    else if (strcmp(what, "tagged-jump") == 0)
    {
        // Nor is it part of the PC that a branch leads to.
        for (int i = 0; i < 100000; i++)
        {
            if (((uintptr_t (*)(void))((uintptr_t)own_address | 0xa5ull << 56))() != (uintptr_t)own_address)
            {
                return 1;
            }
        }
    }
#endif
    else if (strcmp(what, "jump") == 0)
    {
        ((void (*)(void))(uintptr_t)strtoull(argv[2], NULL, 0))();
    }
    else if (strcmp(what, "undefined") == 0)
    {
        __asm__ volatile(UNDEFINED);
    }
    else if (strcmp(what, "breakpoint") == 0)
    {
        __asm__ volatile(BREAKPOINT);
    }
    else if (strcmp(what, "recurse") == 0)
    {
        printf("%d\n", recurse(1));
    }
    else if (strcmp(what, "abort") == 0)
    {
        abort();
    }
    else if (strcmp(what, "stack-pointer") == 0)
    {
        // A signal cannot be delivered on a stack that is not there.
        signal(SIGSEGV, (void (*)(int))recurse);
        __asm__ volatile(STORE_THROUGH_STACK_POINTER : : "r"((uintptr_t)strtoull(argv[2], NULL, 0)));
    }
    else if (strcmp(what, "atomic") == 0)
    {
        __asm__ volatile(LOCK_AND_STORE : : "r"((uintptr_t)strtoull(argv[2], NULL, 0)) : CLOBBERED, "memory");
    }
    else if (strcmp(what, "system-call") == 0)
    {
        // Wrong pointers in system calls are errors, not signals.
        long result = write(1, (void *)(uintptr_t)strtoull(argv[2], NULL, 0), 100);
        long more = read(open("/dev/zero", O_RDONLY), (void *)(uintptr_t)strtoull(argv[2], NULL, 0), 100);
        return result == -1 && more == -1 ? 55 : 1;
    }
    else
    {
        return 2;
    }

    puts("survived");
    return 0;
}
