/* A producer and a consumer on a bounded ring with two condition variables: futex waits and wakes.
 *   queue [ITEMS] */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAPACITY = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static uint64_t ring[CAPACITY];
static unsigned head, tail;
static long items;

static void *produce(void *unused)
{
    uint64_t state = 9;
    (void)unused;
    for (long i = 0; i < items; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pthread_mutex_lock(&lock);
        while (tail - head == CAPACITY)
            pthread_cond_wait(&not_full, &lock);
        ring[tail++ % CAPACITY] = state;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t id;
    uint64_t sum = 0;
    items = argc > 1 ? atol(argv[1]) : 3000000;
    if (pthread_create(&id, NULL, produce, NULL) != 0)
        return 1;
    for (long i = 0; i < items; i++) {
        pthread_mutex_lock(&lock);
        while (tail == head)
            pthread_cond_wait(&not_empty, &lock);
        uint64_t item = ring[head++ % CAPACITY];
        pthread_cond_signal(&not_full);
        pthread_mutex_unlock(&lock);
        sum = sum * 31 + item;
    }
    pthread_join(id, NULL);
    printf("queue %016llx\n", (unsigned long long)sum);
    return 0;
}
