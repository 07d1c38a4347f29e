/* Counts the ways to place N queens: bit masks and recursion.
 *   nqueens [N] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t all;

static unsigned long place(uint32_t columns, uint32_t left, uint32_t right)
{
    unsigned long count = 0;
    uint32_t free;
    if (columns == all)
        return 1;
    free = all & ~(columns | left | right);
    while (free) {
        uint32_t bit = free & (0 - free);
        free ^= bit;
        count += place(columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 15;
    all = ((uint32_t)1 << n) - 1;
    printf("nqueens %d %lu\n", n, place(0, 0, 0));
    return 0;
}
