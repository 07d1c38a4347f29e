// qsort and bsearch with callbacks, on integers, records and strings.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record
{
    char name[13];
    double weight;
    int order;
};

static int by_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_record(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    if (x->weight != y->weight)
    {
        return x->weight < y->weight ? -1 : 1;
    }

    int names = strcmp(x->name, y->name);
    return names ? names : x->order - y->order;
}

int main(void)
{
    static int numbers[20000];
    unsigned state = 7;
    for (int i = 0; i < 20000; i++)
    {
        state = state * 1103515245 + 12345;
        numbers[i] = (int)(state ^ state >> 15);
    }

    qsort(numbers, 20000, sizeof *numbers, by_int);
    unsigned sum = 0;
    int sorted = 1;
    for (int i = 0; i < 20000; i++)
    {
        sum = sum * 31 + (unsigned)numbers[i];
        sorted &= i == 0 || numbers[i - 1] <= numbers[i];
    }

    int *found = bsearch(&numbers[1234], numbers, 20000, sizeof *numbers, by_int);
    printf("%d %08x %d\n", sorted, sum, found && *found == numbers[1234]);

    static struct record records[500];
    for (int i = 0; i < 500; i++)
    {
        state = state * 1103515245 + 12345;
        snprintf(records[i].name, sizeof records[i].name, "n%u", state >> 20);
        records[i].weight = (double)(state >> 24 & 31) / 4;
        records[i].order = i;
    }

    qsort(records, 500, sizeof *records, by_record);
    for (int i = 0; i < 500; i += 7)
    {
        printf("%s %g %d\n", records[i].name, records[i].weight, records[i].order);
    }

    return 0;
}
