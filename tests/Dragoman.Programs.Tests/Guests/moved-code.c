// Pages whose code has run are given up, filled, moved and written again, as just-in-time compilers do.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

typedef int (*function)(int);

static void write_and_run(code_word *code, int value)
{
    code[0] = set_result(value);
    code[1] = RETURN;
    __builtin___clear_cache((char *)code, (char *)(code + 2));
#if defined(__alpha__)
    /* GCC makes an imb of it only in trampolines. */
    __asm__ volatile("call_pal 0x86" : : : "memory");
#endif
    printf("written %d\n", ((function)code)(0));
}

int main(void)
{
    size_t size = (size_t)getpagesize();
    code_word *code = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    code_word *place = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    write_and_run(code, 11);
    madvise(code, size, MADV_DONTNEED);
    printf("given up %d\n", *(volatile char *)code);
    write_and_run(code, 12);
    printf("filled %d\n", madvise(code, size, MADV_POPULATE_WRITE));
    write_and_run(code, 13);
    code = mremap(code, 2 * size, 2 * size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    printf("moved %d\n", ((function)code)(0));
    write_and_run(code, 14);
    code = mremap(code, 2 * size, 64 * size, MREMAP_MAYMOVE);
    printf("grown %d\n", ((function)code)(0));
    write_and_run(code, 15);
    write_and_run(code + 32 * size / sizeof *code, 16);
    code = mremap(code, 64 * size, size, MREMAP_MAYMOVE);
    write_and_run(code, 17);
    return 0;
}
