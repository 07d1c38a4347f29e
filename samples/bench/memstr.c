/* The C library's block and string functions: memcpy, memmove, memset, memcmp, memchr, strlen, strcmp, strstr at many sizes and alignments.
 *   memstr [ROUNDS] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 1 << 16 };

static char source[SIZE + 64], target[SIZE + 64];

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 12000;
    uint64_t sum = 0;
    uint32_t seed = 7;
    for (int i = 0; i < SIZE; i++) {
        seed = seed * 1664525u + 1013904223u;
        source[i] = (char)('a' + (seed >> 24) % 26);
    }
    for (long round = 0; round < rounds; round++) {
        for (size_t length = 1; length <= 4096; length = length * 2 + (size_t)(round & 1)) {
            for (size_t offset = 0; offset < 16; offset += 3) {
                memcpy(target + offset, source + 2 * offset, length);
                target[offset + length] = 0;
                sum += strlen(target + offset);
                sum += (uint64_t)(memcmp(target + offset, source + 2 * offset, length) == 0);
                memmove(target + offset + 5, target + offset, length + 1);
                sum += (uint64_t)(strcmp(target + offset + 5, source + offset) > 0);
                const char *found = memchr(source + offset, 'z', length);
                sum += found ? (uint64_t)(found - source) : 1;
            }
        }
        memcpy(target, source, SIZE);
        memset(target + 100, 'x', (size_t)(round % 200));
        target[SIZE - 1] = 0;
        const char *found = strstr(target, "qzj");
        sum = sum * 33 + (found ? (uint64_t)(found - target) : 0) + strlen(target);
    }
    printf("memstr %016llx\n", (unsigned long long)sum);
    return 0;
}
