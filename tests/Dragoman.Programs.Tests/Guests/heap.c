// malloc, calloc, realloc and free under a random load, small and large blocks, with the content checked.
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 400, STEPS = 60000 };

static unsigned char *blocks[SLOTS];
static size_t sizes[SLOTS];
static uint32_t state = 1;

static uint32_t next(void)
{
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

static size_t any_size(void)
{
    uint32_t kind = next() % 100;
    return kind < 80 ? next() % 256 : kind < 98 ? next() % 20000 : 130000 + next() % 600000;
}

static int holds(int slot)
{
    for (size_t i = 0; i < sizes[slot]; i += 1 + sizes[slot] / 64)
    {
        if (blocks[slot][i] != (unsigned char)(slot + i))
        {
            return 0;
        }
    }

    return 1;
}

static void stamp(int slot)
{
    for (size_t i = 0; i < sizes[slot]; i++)
    {
        blocks[slot][i] = (unsigned char)(slot + i);
    }
}

int main(void)
{
    long bad = 0, moved = 0, total = 0;
    for (int step = 0; step < STEPS; step++)
    {
        int slot = next() % SLOTS;
        if (!blocks[slot])
        {
            sizes[slot] = any_size();
            blocks[slot] = next() & 1 ? malloc(sizes[slot] + 1) : calloc(1, sizes[slot] + 1);
            stamp(slot);
            total += sizes[slot];
        }
        else if (next() % 3 == 0)
        {
            bad += !holds(slot);
            size_t size = any_size(), kept = size < sizes[slot] ? size : sizes[slot];
            blocks[slot] = realloc(blocks[slot], size + 1);
            for (size_t i = 0; i < kept; i += 97)
            {
                bad += blocks[slot][i] != (unsigned char)(slot + i);
            }

            sizes[slot] = size;
            stamp(slot);
            moved++;
        }
        else
        {
            bad += !holds(slot);
            free(blocks[slot]);
            blocks[slot] = NULL;
        }
    }

    void *aligned = NULL;
    int error = posix_memalign(&aligned, 65536, 100000);
    printf("%d %d\n", error, (int)((uintptr_t)aligned % 65536));
    free(aligned);
    printf("bad %ld moved %ld total %ld\n", bad, moved, total);
    return bad != 0;
}
