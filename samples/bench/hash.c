/* An open-addressing hash table of strings to counts: scattered loads, byte hashing, growth.
 *   hash [OPERATIONS] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char key[16];
    uint64_t count;
};

static struct entry *table;
static size_t capacity, used;

static uint64_t hash_of(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++)
        h = (h ^ (uint8_t)*key) * 1099511628211u;
    return h ^ h >> 29;
}

static struct entry *find(const char *key)
{
    size_t i = hash_of(key) & (capacity - 1);
    while (table[i].key[0] && strcmp(table[i].key, key) != 0)
        i = (i + 1) & (capacity - 1);
    return &table[i];
}

static void grow(void)
{
    struct entry *old = table;
    size_t old_capacity = capacity;
    capacity = capacity ? capacity * 2 : 64;
    table = calloc(capacity, sizeof *table);
    if (!table)
        exit(1);
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].key[0])
            *find(old[i].key) = old[i];
    free(old);
}

static void spell(uint64_t number, char *key)
{
    *key++ = 'k';
    do {
        *key++ = (char)('a' + number % 26);
        number /= 26;
    } while (number);
    *key = 0;
}

int main(int argc, char **argv)
{
    long operations = argc > 1 ? atol(argv[1]) : 24000000;
    uint64_t state = 3, sum = 0;
    char key[16];
    for (long i = 0; i < operations; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t number = (state >> 33) % ((state >> 20 & 7) ? 2000 : 100000);
        spell(number, key);
        if (used * 4 >= capacity * 3)
            grow();
        struct entry *entry = find(key);
        if (!entry->key[0]) {
            strcpy(entry->key, key);
            used++;
        }
        sum += ++entry->count * number;
    }
    printf("hash %zu %016llx\n", used, (unsigned long long)sum);
    return 0;
}
