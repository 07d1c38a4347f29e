/* Records, enumerations, short strings and many small procedures, as systems code of the eighties had them.
 *   records [ITERATIONS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { FIRST, SECOND, THIRD, FOURTH, FIFTH };

struct record {
    struct record *next;
    enum kind kind;
    enum kind other;
    int number;
    char name[31];
};

static struct record *head, *spare;
static int counter, table[50], grid[50][50];
static char letter, mark;
static char first_name[31];

static enum kind choose(char a, char b)
{
    if (a != b)
        return FIRST;
    letter = a;
    return SECOND;
}

static int compare_names(const char *a, const char *b)
{
    int index = 2;
    char seen = 0;
    while (index <= 2) {
        if (choose(a[index], b[index + 1]) == FIRST) {
            seen = 'A';
            index++;
        } else {
            break;
        }
    }
    if (seen >= 'W' && seen < 'Z')
        index = 7;
    if (strcmp(a, b) > 0) {
        counter += index + 7;
        return 1;
    }
    return 0;
}

static enum kind follow(enum kind kind)
{
    switch (kind) {
    case FIRST: return FIRST;
    case SECOND: return counter > 100 ? FIRST : FOURTH;
    case THIRD: return SECOND;
    case FOURTH: return FIFTH;
    default: return THIRD;
    }
}

static int add(int a, int b)
{
    return a + b + 2;
}

static void fill(int *row, int (*rows)[50], int a, int b)
{
    int at = a + 5;
    row[at] = b;
    row[at + 1] = row[at];
    row[at + 30] = at;
    for (int i = at; i <= at + 1; i++)
        rows[at][i] = at;
    rows[at][at - 1]++;
    rows[at + 20][at] = row[at];
    counter = 5;
}

static void update(struct record *r)
{
    struct record *next = r->next;
    *next = *head;
    r->number = 5;
    next->number = r->number;
    next->next = r->next;
    if (next->kind == FIRST) {
        next->number = 6;
        next->other = follow(r->other);
        next->next = head->next;
        next->number = add(next->number, 10);
    } else {
        *r = *next;
    }
}

int main(int argc, char **argv)
{
    long iterations = argc > 1 ? atol(argv[1]) : 50000000;
    char second_name[31];
    int one = 0, two = 0, three = 0;
    unsigned sum = 0;

    spare = calloc(1, sizeof *spare);
    head = calloc(1, sizeof *head);
    if (!spare || !head)
        return 1;
    head->next = spare;
    head->kind = FIRST;
    head->other = THIRD;
    head->number = 40;
    strcpy(head->name, "A NAME OF THIRTY LETTERS, SOME");
    strcpy(first_name, "A NAME OF THIRTY LETTERS, 1ST.");
    for (long run = 0; run < iterations; run++) {
        mark = 'A';
        letter = 'B';
        one = 2;
        two = 3;
        strcpy(second_name, "A NAME OF THIRTY LETTERS, 2ND.");
        second_name[7] = (char)('A' + run % 20);
        enum kind kind = SECOND;
        int differs = !compare_names(first_name, second_name);
        while (one < two) {
            three = 5 * one - two;
            three = add(one, two);
            one++;
        }
        fill(table, grid, one, three);
        update(head);
        for (char c = 'A'; c <= letter; c++)
            if (kind == choose(c, 'C'))
                kind = follow(kind);
        two = two * one;
        one = two / three;
        two = 7 * (two - three) - one;
        sum = sum * 17 + (unsigned)(one + two + three + differs + head->number + spare->number + (int)kind);
    }
    printf("records %08x %d\n", sum, counter);
    return 0;
}
