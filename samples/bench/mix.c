/*
 * Integer mix in the spirit of embedded benchmarks: a linked list is searched, reversed and sorted, a matrix multiplied with
 * bit extraction, a state machine scans numbers in text, and a CRC runs over all results.
 *   mix [ITERATIONS]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 200, SIZE = 24, TEXT = 600, STATES = 8 };

struct node {
    struct node *next;
    int16_t key;
    int16_t index;
};

static struct node nodes[NODES];
static int16_t matrix_a[SIZE][SIZE], matrix_b[SIZE][SIZE];
static int32_t matrix_c[SIZE][SIZE];
static char text[TEXT + 1];
static uint32_t seed;

static uint32_t next_random(void)
{
    return (seed = seed * 1664525u + 1013904223u) >> 8;
}

static uint16_t crc_byte(uint8_t byte, uint16_t crc)
{
    for (int i = 0; i < 8; i++) {
        int carry = (byte ^ crc) & 1;
        byte >>= 1;
        crc >>= 1;
        if (carry)
            crc ^= 0xA001;
    }
    return crc;
}

static uint16_t crc_word(uint32_t word, uint16_t crc)
{
    for (int i = 0; i < 4; i++, word >>= 8)
        crc = crc_byte((uint8_t)word, crc);
    return crc;
}

static struct node *merge_sort(struct node *list, int (*compare)(const struct node *, const struct node *))
{
    for (int width = 1;; width *= 2) {
        struct node *rest = list, *head = NULL, **tail = &head;
        int merges = 0;
        while (rest) {
            struct node *left = rest, *right = rest;
            int left_count = 0, right_count = width;
            merges++;
            while (left_count < width && right) {
                right = right->next;
                left_count++;
            }
            while (left_count > 0 || (right_count > 0 && right)) {
                struct node *taken;
                if (left_count == 0 || (right_count > 0 && right && compare(left, right) > 0)) {
                    taken = right;
                    right = right->next;
                    right_count--;
                } else {
                    taken = left;
                    left = left->next;
                    left_count--;
                }
                *tail = taken;
                tail = &taken->next;
            }
            rest = right;
        }
        *tail = NULL;
        list = head;
        if (merges <= 1)
            return list;
    }
}

static int by_key(const struct node *a, const struct node *b)
{
    return a->key != b->key ? a->key - b->key : a->index - b->index;
}

static int by_index(const struct node *a, const struct node *b)
{
    return a->index - b->index;
}

static uint16_t list_work(uint16_t crc)
{
    struct node *list = nodes;
    for (int i = 0; i < NODES; i++) {
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
        nodes[i].key = (int16_t)(next_random() % 500);
        nodes[i].index = (int16_t)i;
    }
    for (int wanted = 0; wanted < 20; wanted++) {
        int found = -1;
        for (struct node *p = list; p && found < 0; p = p->next)
            if (p->key == wanted * 25)
                found = p->index;
        crc = crc_word((uint32_t)found, crc);
        struct node *reversed = NULL;
        while (list) {
            struct node *next = list->next;
            list->next = reversed;
            reversed = list;
            list = next;
        }
        list = reversed;
    }
    list = merge_sort(list, by_key);
    for (struct node *p = list; p; p = p->next)
        crc = crc_byte((uint8_t)p->key, crc);
    list = merge_sort(list, by_index);
    return crc_word((uint32_t)list->key, crc);
}

static uint16_t matrix_work(uint16_t crc)
{
    int32_t sum = 0, previous = 0;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            matrix_a[i][j] = (int16_t)(next_random() % 200 - 100);
            matrix_b[i][j] = (int16_t)(next_random() % 200 - 100);
        }
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            int32_t value = 0;
            for (int k = 0; k < SIZE; k++) {
                int32_t product = matrix_a[i][k] * matrix_b[k][j];
                value += ((product >> 2) & 15) * ((product >> 5) & 127);
            }
            matrix_c[i][j] = value;
            sum += value > previous ? 10 : value & 3;
            previous = value;
        }
    return crc_word((uint32_t)sum, crc);
}

enum state { START, INVALID, SIGN, INTEGER, POINT, FRACTION, EXPONENT, SCIENTIFIC };

static uint16_t state_work(uint16_t crc)
{
    static const char alphabet[] = "0123456789+-.eE,,,,T1234567890  ";
    uint32_t visits[STATES] = { 0 };
    enum state state = START;
    for (int i = 0; i < TEXT; i++)
        text[i] = alphabet[next_random() & 31];
    text[TEXT] = 0;
    for (const char *p = text; *p; p++) {
        int digit = *p >= '0' && *p <= '9';
        if (*p == ',') {
            visits[state]++;
            state = START;
            continue;
        }
        switch (state) {
        case START: state = digit ? INTEGER : *p == '+' || *p == '-' ? SIGN : *p == '.' ? POINT : INVALID; break;
        case SIGN: state = digit ? INTEGER : *p == '.' ? POINT : INVALID; break;
        case INTEGER: state = digit ? INTEGER : *p == '.' ? FRACTION : INVALID; break;
        case POINT: state = digit ? FRACTION : INVALID; break;
        case FRACTION: state = digit ? FRACTION : *p == 'e' || *p == 'E' ? EXPONENT : INVALID; break;
        case EXPONENT: state = digit || *p == '+' || *p == '-' ? SCIENTIFIC : INVALID; break;
        case SCIENTIFIC: state = digit ? SCIENTIFIC : INVALID; break;
        case INVALID: break;
        }
    }
    for (int i = 0; i < STATES; i++)
        crc = crc_word(visits[i], crc);
    return crc;
}

int main(int argc, char **argv)
{
    long iterations = argc > 1 ? atol(argv[1]) : 28000;
    uint16_t crc = 0;
    seed = 42;
    for (long i = 0; i < iterations; i++) {
        crc = list_work(crc);
        crc = matrix_work(crc);
        crc = state_work(crc);
    }
    printf("mix %04x\n", crc);
    return 0;
}
