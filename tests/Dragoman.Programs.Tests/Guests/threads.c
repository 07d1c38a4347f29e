// POSIX threads: create and join, mutexes of each kind, condition variables, barriers, semaphores, read-write locks, once, TLS, cancellation.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static sem_t semaphore;
static long counter, spun, generations[THREADS];
static int slots[8], count, onces, destroyed, cleaned;
static __thread int mine = 5;
static __thread char block[100] = "initial";

static void once_only(void)
{
    onces++;
}

static void destroy(void *value)
{
    pthread_mutex_lock(&mutex);
    destroyed += (int)(intptr_t)value;
    pthread_mutex_unlock(&mutex);
}

static void *count_up(void *argument)
{
    int id = (int)(intptr_t)argument;
    pthread_once(&once, once_only);
    pthread_setspecific(key, (void *)(intptr_t)(id + 1));
    mine += id;
    snprintf(block, sizeof block, "thread %d", id);
    for (int i = 0; i < ROUNDS; i++)
    {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        if (i % 8 == 0)
        {
            pthread_spin_lock(&spin);
            spun++;
            pthread_spin_unlock(&spin);
        }
    }

    for (int i = 0; i < 50; i++)
    {
        generations[id] = i;
        pthread_barrier_wait(&barrier);
        for (int other = 0; other < THREADS; other++)
        {
            if (generations[other] != i)
            {
                return (void *)-1;
            }
        }

        pthread_barrier_wait(&barrier);
    }

    char want[100];
    snprintf(want, sizeof want, "thread %d", id);
    return (void *)(intptr_t)(mine == 5 + id && strcmp(block, want) == 0 ? id * 10 : -2);
}

static void *produce(void *argument)
{
    for (int i = 1; i <= 2000; i++)
    {
        pthread_mutex_lock(&mutex);
        while (count == 8)
        {
            pthread_cond_wait(&emptied, &mutex);
        }

        slots[count++] = i;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&mutex);
    }

    return argument;
}

static void *consume(void *argument)
{
    long sum = 0;
    for (int i = 1; i <= 2000; i++)
    {
        pthread_mutex_lock(&mutex);
        while (count == 0)
        {
            pthread_cond_wait(&filled, &mutex);
        }

        sum += slots[--count];
        pthread_cond_signal(&emptied);
        pthread_mutex_unlock(&mutex);
    }

    *(long *)argument = sum;
    return NULL;
}

static void clean(void *argument)
{
    cleaned += *(int *)argument;
}

static void *sleeper(void *argument)
{
    int amount = 3;
    pthread_cleanup_push(clean, &amount);
    sem_post(&semaphore);
    for (;;)
    {
        pause();
    }

    pthread_cleanup_pop(0);
    return argument;
}

static void *spinner(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    sem_post(&semaphore);
    for (;;)
    {
        __asm__ volatile("");
    }

    return argument;
}

static void *readers(void *argument)
{
    for (int i = 0; i < 2000; i++)
    {
        if (i % 10 == 0)
        {
            pthread_rwlock_wrlock(&rw);
            counter++;
            pthread_rwlock_unlock(&rw);
        }
        else
        {
            pthread_rwlock_rdlock(&rw);
            (void)*(volatile long *)&counter;
            pthread_rwlock_unlock(&rw);
        }
    }

    return argument;
}

static void *post_once(void *argument)
{
    sem_post(argument);
    return NULL;
}

static volatile int handled_by;

static void handler(int number)
{
    (void)number;
    handled_by = mine;
}

static void *target(void *argument)
{
    mine = 99;
    sem_post(&semaphore);
    while (!handled_by)
    {
        __asm__ volatile("");
    }

    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    pthread_spin_init(&spin, 0);
    pthread_key_create(&key, destroy);
    sem_init(&semaphore, 0, 0);
    for (int i = 0; i < THREADS; i++)
    {
        printf("create %d\n", pthread_create(&threads[i], NULL, count_up, (void *)(intptr_t)i));
    }

    for (int i = 0; i < THREADS; i++)
    {
        void *result;
        pthread_join(threads[i], &result);
        printf("join %ld\n", (long)(intptr_t)result);
    }

    printf("counter %ld spun %ld once %d destroyed %d tls %d %s\n", counter, spun, onces, destroyed, mine, block);

    long sum = 0;
    pthread_create(&threads[0], NULL, produce, NULL);
    pthread_create(&threads[1], NULL, consume, &sum);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("sum %ld\n", sum);

    counter = 0;
    for (int i = 0; i < THREADS; i++)
    {
        pthread_create(&threads[i], NULL, readers, NULL);
    }

    for (int i = 0; i < THREADS; i++)
    {
        pthread_join(threads[i], NULL);
    }

    printf("written %ld\n", counter);

    void *result;
    pthread_create(&threads[0], NULL, sleeper, NULL);
    sem_wait(&semaphore);
    pthread_cancel(threads[0]);
    pthread_join(threads[0], &result);
    printf("cancelled %d cleaned %d\n", result == PTHREAD_CANCELED, cleaned);
    pthread_create(&threads[0], NULL, spinner, NULL);
    sem_wait(&semaphore);
    pthread_cancel(threads[0]);
    pthread_join(threads[0], &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);

    signal(SIGUSR1, handler);
    pthread_create(&threads[0], NULL, target, NULL);
    sem_wait(&semaphore);
    pthread_kill(threads[0], SIGUSR1);
    pthread_join(threads[0], NULL);
    printf("handled by %d\n", handled_by);

    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_t recursive;
    pthread_mutex_init(&recursive, &kind);
    printf("recursive %d %d\n", pthread_mutex_lock(&recursive), pthread_mutex_lock(&recursive));
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_t checked;
    pthread_mutex_init(&checked, &kind);
    pthread_mutex_lock(&checked);
    printf("checked %d trylock %d\n", pthread_mutex_lock(&checked) == EDEADLK, pthread_mutex_trylock(&checked) == EBUSY);

    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    printf("timed wait %d\n", pthread_cond_timedwait(&filled, &mutex, &until) == ETIMEDOUT);
    printf("timed sem %d\n", sem_timedwait(&semaphore, &until) < 0 && errno == ETIMEDOUT);

    for (int i = 0; i < 100; i++)
    {
        pthread_t brief;
        pthread_create(&brief, NULL, post_once, &semaphore);
        pthread_join(brief, NULL);
    }

    int posts;
    sem_getvalue(&semaphore, &posts);
    printf("posts %d\n", posts);
    return 0;
}
