// Code written at run time: fresh code, code rewritten in place many times, code in a page with data, code seen through two mappings.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"

typedef int (*function)(int);

static void flush(void *at, size_t length)
{
    __builtin___clear_cache((char *)at, (char *)at + length);
#if defined(__alpha__)
    /* GCC makes an imb of it only in trampolines. */
    __asm__ volatile("call_pal 0x86" : : : "memory");
#endif
}

int main(void)
{
    code_word *code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t size = (size_t)getpagesize();
    long sum = 0;
    for (int i = 0; i < 3000; i++)
    {
        code[0] = add_result(i % 4096);
        code[1] = RETURN;
        flush(code, 2 * sizeof *code);
        sum += ((function)code)(i);
    }

    printf("rewritten %ld\n", sum);

    // Warm the code first, so that it is compiled and chained, then change one instruction in the middle.
    for (int i = 0; i < 64; i++)
    {
        code[i] = add_result(1);
    }

    code[64] = RETURN;
    flush(code, 65 * sizeof *code);
    sum = 0;
    for (int i = 0; i < 5000; i++)
    {
        sum += ((function)code)(0);
    }

    code[32] = add_result(1000);
    flush(code + 32, sizeof *code);
    for (int i = 0; i < 5000; i++)
    {
        sum += ((function)code)(0);
    }

    printf("patched %ld\n", sum);

    // Data beside code in one page.
    volatile int *data = (volatile int *)(code + 512);
    code[0] = set_result(7);
    code[1] = RETURN;
    flush(code, 2 * sizeof *code);
    sum = 0;
    for (int i = 0; i < 2000; i++)
    {
        *data = i;
        sum += ((function)code)(0) + *data;
    }

    printf("beside data %ld\n", sum);

    // Writable and executable in turns.
    for (int i = 0; i < 50; i++)
    {
        mprotect(code, size, PROT_READ | PROT_WRITE);
        code[0] = set_result(i);
        mprotect(code, size, PROT_READ | PROT_EXEC);
        flush(code, sizeof *code);
        sum += ((function)code)(0);
    }

    printf("in turns %ld\n", sum);

    // Two mappings of the same memory: written through one, run through the other.
    int file = memfd_create("code", 0);
    ftruncate(file, 65536);
    code_word *writable = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    code_word *runnable = mmap(NULL, 65536, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    sum = 0;
    for (int i = 0; i < 500; i++)
    {
        writable[0] = set_result(i);
        writable[1] = RETURN;
        flush(writable, 2 * sizeof *code);
        flush(runnable, 2 * sizeof *code);
        sum += ((function)runnable)(0);
    }

    printf("two mappings %ld\n", sum);

    // A page replaced by another mapping.
    code = mmap(code, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    code[0] = set_result(4321);
    code[1] = RETURN;
    flush(code, 2 * sizeof *code);
    printf("replaced %d\n", ((function)code)(0));
    read(memfd_create("none", 0), code, 0);
    int source = memfd_create("source", 0);
    code_word fresh[2] = { set_result(1234), RETURN };
    write(source, fresh, sizeof fresh);
    lseek(source, 0, SEEK_SET);
    read(source, code, sizeof fresh);
    flush(code, 2 * sizeof *code);
    printf("read in %d\n", ((function)code)(0));
    return 0;
}
