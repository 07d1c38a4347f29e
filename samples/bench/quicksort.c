/* Quicksort of 64-bit keys, own partition code and the C library's qsort with a comparison callback.
 *   quicksort [ROUNDS] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 200000 };

static uint64_t keys[COUNT];

static void sort(uint64_t *a, long low, long high)
{
    while (low < high) {
        uint64_t pivot = a[low + (high - low) / 2];
        long i = low, j = high;
        while (i <= j) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i <= j) {
                uint64_t t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        /* The smaller part by recursion, the larger one in the loop. */
        if (j - low < high - i) {
            sort(a, low, j);
            low = i;
        } else {
            sort(a, i, high);
            high = j;
        }
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 70;
    uint64_t state = 1, sum = 0;
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < COUNT; i++)
            keys[i] = state = state * 6364136223846793005u + 1442695040888963407u;
        if (round % 4 == 3)
            qsort(keys, COUNT, sizeof *keys, compare);
        else
            sort(keys, 0, COUNT - 1);
        for (int i = 0; i < COUNT; i += 1000)
            sum = sum * 31 + keys[i];
    }
    printf("quicksort %016llx\n", (unsigned long long)sum);
    return 0;
}
