// C11 atomics of every size and kind between threads: LL/SC or LSE as compiled, 128-bit compare-and-swap, fences.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, LITMUS = 200, ROUNDS = 5000 };

static _Atomic uint8_t bytes;
static _Atomic uint16_t halves;
static _Atomic uint32_t words;
static _Atomic uint64_t doubles, ors, xors, largest, swapped, compared;
static _Atomic uint32_t lock_word;
static long guarded;
static unsigned __int128 pair __attribute__((aligned(16)));
static atomic_int pair_lock, flag, data_ready, data;
static struct node { struct node *next; int value; } pool[THREADS][200];
static _Atomic(struct node *) top;

static void pair_add(void)
{
#if defined(__aarch64__)
    for (;;)
    {
        uint64_t low, high;
        uint32_t failed;
        __asm__ volatile(
            "1: ldaxp %0, %1, [%3]\n\t"
            "add %0, %0, #1\n\t"
            "sub %1, %1, #1\n\t"
            "stlxp %w2, %0, %1, [%3]\n\t"
            : "=&r"(low), "=&r"(high), "=&r"(failed) : "r"(&pair) : "memory");
        if (!failed)
        {
            return;
        }
    }
#else
    // No machine but AArch64 has a pair of 64-bit halves here: a lock around it.
    while (atomic_exchange(&pair_lock, 1))
    {
        sched_yield();
    }

    pair += ((unsigned __int128)-1 << 64) + 1;
    atomic_store(&pair_lock, 0);
#endif
}

static void *work(void *argument)
{
    uint64_t id = (uint64_t)(uintptr_t)argument;
    for (int i = 0; i < ROUNDS; i++)
    {
        bytes++;
        halves += 3;
        atomic_fetch_add_explicit(&words, 5, memory_order_relaxed);
        atomic_fetch_sub(&doubles, 7);
        atomic_fetch_or(&ors, 1ull << (i % 16 + id * 16));
        atomic_fetch_xor(&xors, (uint64_t)i);
        uint64_t now = atomic_load(&largest);
        while (now < i * id && !atomic_compare_exchange_weak(&largest, &now, i * id))
        {
        }

        swapped ^= 0; // a load and a compare-and-swap loop
        uint64_t old = compared;
        while (!atomic_compare_exchange_strong(&compared, &old, old + id + 1))
        {
        }

        while (atomic_exchange_explicit(&lock_word, 1, memory_order_acquire))
        {
            sched_yield();
        }

        guarded++;
        atomic_store_explicit(&lock_word, 0, memory_order_release);
        pair_add();
    }

    for (int i = 0; i < 200; i++)
    {
        struct node *node = &pool[id][i];
        node->value = (int)(id * 200 + i);
        node->next = atomic_load(&top);
        while (!atomic_compare_exchange_weak(&top, &node->next, node))
        {
        }
    }

    return NULL;
}

static void *writer(void *argument)
{
    for (int i = 1; i <= 20000; i++)
    {
        atomic_store_explicit(&data, i, memory_order_relaxed);
        atomic_store_explicit(&data_ready, i, memory_order_release);
    }

    return argument;
}

static void *reader(void *argument)
{
    long wrong = 0;
    for (int last = 0; last < 20000;)
    {
        last = atomic_load_explicit(&data_ready, memory_order_acquire);
        wrong += atomic_load_explicit(&data, memory_order_relaxed) < last;
    }

    *(long *)argument = wrong;
    return NULL;
}

// Store buffering: with sequentially consistent accesses, never both zero.
static atomic_int x, y, rx, ry, start, done;

static void *left(void *argument)
{
    for (int i = 1; i <= LITMUS; i++)
    {
        while (atomic_load(&start) < i)
        {
            sched_yield();
        }

        atomic_store(&x, 1);
        rx = atomic_load(&y);
        atomic_fetch_add(&done, 1);
    }

    return argument;
}

static void *right(void *argument)
{
    for (int i = 1; i <= LITMUS; i++)
    {
        while (atomic_load(&start) < i)
        {
            sched_yield();
        }

        atomic_store(&y, 1);
        ry = atomic_load(&x);
        atomic_fetch_add(&done, 1);
    }

    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
    {
        pthread_create(&threads[i], NULL, work, (void *)i);
    }

    for (int i = 0; i < THREADS; i++)
    {
        pthread_join(threads[i], NULL);
    }

    printf("%u %u %u %llu\n", bytes, halves, words, (unsigned long long)doubles);
    printf("%llx %llx %llu %llu %ld\n", (unsigned long long)ors, (unsigned long long)xors, (unsigned long long)largest, (unsigned long long)compared, guarded);
    printf("%llu %lld\n", (unsigned long long)pair, (long long)(pair >> 64));
    long sum = 0, nodes = 0;
    for (struct node *node = top; node; node = node->next, nodes++)
    {
        sum += node->value;
    }

    printf("%ld %ld\n", nodes, sum);

    long wrong = -1;
    pthread_create(&threads[0], NULL, writer, NULL);
    pthread_create(&threads[1], NULL, reader, &wrong);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("message passing wrong %ld\n", wrong);

    pthread_create(&threads[0], NULL, left, NULL);
    pthread_create(&threads[1], NULL, right, NULL);
    long both = 0;
    for (int i = 1; i <= LITMUS; i++)
    {
        x = 0;
        y = 0;
        done = 0;
        atomic_store(&start, i);
        while (atomic_load(&done) < 2)
        {
            sched_yield();
        }

        both += rx == 0 && ry == 0;
    }

    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("store buffering both zero %ld\n", both);
    return 0;
}
