/* Sieve of Eratosthenes: byte stores with a stride.
 *   sieve [ROUNDS] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef LIMIT
#define LIMIT 2000000
#endif

static uint8_t composite[LIMIT + 1];

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 200;
    unsigned long count = 0, sum = 0;
    for (long round = 0; round < rounds; round++) {
        memset(composite, 0, sizeof composite);
        count = 0;
        for (long i = 2; i <= LIMIT; i++) {
            if (composite[i])
                continue;
            count++;
            sum += (unsigned long)i ^ (unsigned long)round;
            for (long j = i * 2; j <= LIMIT; j += i)
                composite[j] = 1;
        }
    }
    printf("sieve %lu %lx\n", count, sum);
    return 0;
}
