/* Load-exclusive and store-exclusive: a store-exclusive fails after any store of another thread, also one that puts the old value back
 * (Arm ARM B2.9.2); and pairs with other accesses between them still make progress. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t word __attribute__((aligned(64)));
static uint64_t other __attribute__((aligned(64)));
static atomic_int turn __attribute__((aligned(64)));
/* What aba reserves, and where the writer writes: the same memory, perhaps by another mapping. */
static uint64_t *reserved = &word;
static volatile uint64_t *written = &word;

#define ROUNDS 200

/* One asm block, so that the compiler puts no access of its own between the two; what waits between them is ours. */
static int aba(void)
{
    uint64_t value;
    uint32_t failed, seen;
#if defined(__alpha__)
    __asm__ volatile(
        "ldq_l %0, 0(%3)\n"
        "mov 1, %1\n"
        "mb\n"
        "stl %1, 0(%4)\n"
        "1: ldl %2, 0(%4)\n"
        "cmpeq %2, 2, %2\n"
        "beq %2, 1b\n"
        "mb\n"
        "stq_c %0, 0(%3)\n"
        "cmpeq %0, 0, %1\n"
        : "=&r"(value), "=&r"(failed), "=&r"(seen)
        : "r"(reserved), "r"(&turn)
        : "memory");
#else
    __asm__ volatile(
        "ldaxr %0, [%3]\n"
        "mov %w1, #1\n"
        "stlr %w1, [%4]\n"
        "1: ldar %w2, [%4]\n"
        "cmp %w2, #2\n"
        "b.ne 1b\n"
        "stlxr %w1, %0, [%3]\n"
        : "=&r"(value), "=&r"(failed), "=&r"(seen)
        : "r"(reserved), "r"(&turn)
        : "memory", "cc");
#endif
    return failed;
}

static void *writer(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        while (atomic_load(&turn) != 1)
            ;
        *written = 7;
        *written = 0;
        atomic_store(&turn, 2);
    }
    return unused;
}

static void *adder(void *unused)
{
    for (int i = 0; i < 300; i++) {
        uint64_t value;
        uint32_t failed;
#if defined(__alpha__)
        /* A store between the two makes an Alpha's stq_c fail on some (4.2.4): none here, a load instead. */
        __asm__ volatile(
            "1: ldq_l %0, 0(%2)\n"
            "addq %0, 1, %0\n"
            "ldq %1, 0(%3)\n"
            "stq_c %0, 0(%2)\n"
            "beq %0, 1b\n"
            : "=&r"(value), "=&r"(failed)
            : "r"(&word), "r"(&other)
            : "memory");
#else
        __asm__ volatile(
            "1: ldaxr %0, [%2]\n"
            "add %0, %0, #1\n"
            "str %0, [%3]\n"
            "stlxr %w1, %0, [%2]\n"
            "cbnz %w1, 1b\n"
            : "=&r"(value), "=&r"(failed)
            : "r"(&word), "r"(&other)
            : "memory");
#endif
    }
    return unused;
}

static int rounds(void)
{
    pthread_t thread;
    int failures = 0;
    turn = 0;
    pthread_create(&thread, NULL, writer, NULL);
    for (int i = 0; i < ROUNDS; i++)
        failures += aba();
    pthread_join(thread, NULL);
    return failures;
}

int main(void)
{
    pthread_t thread, second;
    printf("failed after A-B-A: %d of %d\n", rounds(), ROUNDS);

    int file = memfd_create("shared", 0);
    ftruncate(file, 3 << 14);
    char *first = mmap(NULL, 3 << 14, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *alias = mmap(NULL, 1 << 14, PROT_READ | PROT_WRITE, MAP_SHARED, file, 1 << 14);
    reserved = (uint64_t *)(first + (1 << 14) + 64);
    written = (volatile uint64_t *)(alias + 64);
    printf("by another mapping: %d of %d\n", rounds(), ROUNDS);

    *reserved = 5;
    printf("still shared: %lu\n", (unsigned long)*written);
    reserved = &word;
    written = &word;
    pthread_create(&thread, NULL, adder, NULL);
    pthread_create(&second, NULL, adder, NULL);
    adder(NULL);
    pthread_join(thread, NULL);
    pthread_join(second, NULL);
    printf("sum: %lu\n", (unsigned long)word);
    return 0;
}
