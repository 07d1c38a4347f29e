/* Threads that contend for one atomic counter, one mutex and one compare-and-swap loop.
 *   contention [OPERATIONS] [THREADS] */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static long operations;
static atomic_ulong counter;
static _Atomic uint64_t mixed = 1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long guarded;

static void *work(void *argument)
{
    uint64_t odd = (uint64_t)(uintptr_t)argument * 2 + 1;
    for (long i = 0; i < operations; i++) {
        atomic_fetch_add(&counter, 1);
        /* Multiplications by odd numbers commute, so the order of threads does not show in the product. */
        uint64_t seen = atomic_load_explicit(&mixed, memory_order_relaxed);
        while (!atomic_compare_exchange_weak(&mixed, &seen, seen * odd))
            ;
        if (i % 4 == 0) {
            pthread_mutex_lock(&lock);
            guarded += odd;
            pthread_mutex_unlock(&lock);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t ids[16];
    int threads = argc > 2 ? atoi(argv[2]) : 2;
    operations = argc > 1 ? atol(argv[1]) : 18000000;
    if (threads < 1 || threads > 16)
        return 2;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work, (void *)(uintptr_t)(i + 1)) != 0)
            return 1;
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    printf("contention %lu %016llx %lu\n", atomic_load(&counter), (unsigned long long)atomic_load(&mixed), guarded);
    return 0;
}
