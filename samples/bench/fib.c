/* Calls and returns: the naive Fibonacci recursion.
 *   fib [N] */
#include <stdio.h>
#include <stdlib.h>

static unsigned long __attribute__((noinline, noclone)) fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 41;
    printf("fib %u %lu\n", n, fib(n));
    return 0;
}
