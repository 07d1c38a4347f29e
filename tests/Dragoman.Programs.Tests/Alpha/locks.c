// Alpha's own synchronization: a spinlock of load-locked and store-conditional, a byte counted with ldq_u and the mask instructions under it, and a ring between a producer (wmb) and a consumer (mb).
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 20000, RING = 16, ITEMS = 30000 };

static volatile int lock __attribute__((aligned(64)));
static long counted;
static unsigned char bytes[16] __attribute__((aligned(8)));
static volatile uint64_t ring[RING], head __attribute__((aligned(64))), tail __attribute__((aligned(64)));

// Architecture Reference Manual 5.5.3: the critical section's accesses are kept inside by an mb behind the lock, and one before the store that frees it.
static void acquire(void)
{
    long failed;
    do
    {
        __asm__ volatile(
            "ldl_l %0, 0(%1)\n"
            "bne %0, 2f\n"
            "mov 1, %0\n"
            "stl_c %0, 0(%1)\n"
            "beq %0, 3f\n"
            "mb\n"
            "clr %0\n"
            "br 2f\n"
            "3: mov 1, %0\n"
            "2:\n"
            : "=&r"(failed)
            : "r"(&lock)
            : "memory");
        if (failed)
        {
            sched_yield();
        }
    } while (failed);
}

static void release(void)
{
    __asm__ volatile("mb\n\tstl $31, 0(%0)" : : "r"(&lock) : "memory");
}

static void *counter(void *which)
{
    long i = (long)which;
    for (int round = 0; round < ROUNDS; round++)
    {
        acquire();
        counted++;
        // A byte as processors without BWX store it: neighbours in the quadword are other threads' bytes.
        uint64_t quad, byte, value;
        __asm__ volatile(
            "ldq_u %0, 0(%3)\n"
            "extbl %0, %3, %1\n"
            "addq %1, 1, %1\n"
            "insbl %1, %3, %2\n"
            "mskbl %0, %3, %0\n"
            "bis %0, %2, %0\n"
            "stq_u %0, 0(%3)\n"
            : "=&r"(quad), "=&r"(byte), "=&r"(value)
            : "r"(&bytes[3 * i])
            : "memory");
        release();
    }

    return NULL;
}

static void *producer(void *unused)
{
    for (uint64_t i = 0; i < ITEMS; i++)
    {
        while (head - tail == RING)
        {
            sched_yield();
        }

        __asm__ volatile("mb" : : : "memory");
        ring[i % RING] = i * i + 1;
        __asm__ volatile("wmb" : : : "memory");
        head = i + 1;
    }

    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
    {
        pthread_create(&threads[i], NULL, counter, (void *)i);
    }

    for (int i = 0; i < THREADS; i++)
    {
        pthread_join(threads[i], NULL);
    }

    printf("counted %ld bytes %d %d %d %d\n", counted, bytes[0], bytes[3], bytes[6], bytes[9]);
    pthread_create(&threads[0], NULL, producer, NULL);
    long wrong = 0;
    for (uint64_t i = 0; i < ITEMS; i++)
    {
        while (head == i)
        {
            sched_yield();
        }

        __asm__ volatile("mb" : : : "memory");
        wrong += ring[i % RING] != i * i + 1;
        __asm__ volatile("mb" : : : "memory");
        tail = i + 1;
    }

    pthread_join(threads[0], NULL);
    printf("consumed wrong %ld\n", wrong);
    return 0;
}
