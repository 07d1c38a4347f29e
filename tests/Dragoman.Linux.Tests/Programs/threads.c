#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 20000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static long counter, atomic_counter;
static __thread int mine;
static int turn;

static void *count(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        __atomic_fetch_add(&atomic_counter, 1, __ATOMIC_SEQ_CST);
        mine++;
    }
    return (void *)(long)mine;
}

static void *take_turns(void *argument)
{
    long me = (long)argument;
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != me)
            pthread_cond_wait(&condition, &mutex);
        turn = (turn + 1) % 3;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}

static pthread_mutex_t robust;
static void *die_with_lock(void *argument)
{
    pthread_mutex_lock(&robust);
    return 0;
}

static pthread_barrier_t barrier;
static void *meet(void *argument)
{
    for (int i = 0; i < 100; i++)
        pthread_barrier_wait(&barrier);
    return 0;
}

static pthread_key_t key;
static int destroyed;
static void destroy(void *value) { __atomic_fetch_add(&destroyed, 1, __ATOMIC_SEQ_CST); }
static void *use_key(void *argument) { pthread_setspecific(key, argument); return 0; }

static sem_t semaphore;
static void *cancelled(void *argument) { sem_post(&semaphore); for (;;) pause(); }

int main(void)
{
    pthread_t t[THREADS];
    long sum = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&t[i], 0, count, 0);
    for (int i = 0; i < THREADS; i++) {
        void *r;
        pthread_join(t[i], &r);
        sum += (long)r;
    }
    printf("counter %ld atomic %ld sum %ld mine %d\n", counter, atomic_counter, sum, mine);

    for (long i = 0; i < 3; i++)
        pthread_create(&t[i], 0, take_turns, (void *)i);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], 0);
    printf("turn %d\n", turn);

    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    pthread_create(&t[0], 0, die_with_lock, 0);
    pthread_join(t[0], 0);
    printf("robust: %s\n", pthread_mutex_lock(&robust) == EOWNERDEAD ? "owner dead" : "wrong");
    pthread_mutex_consistent(&robust);
    pthread_mutex_unlock(&robust);

    pthread_barrier_init(&barrier, 0, 4);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], 0, meet, 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], 0);

    pthread_key_create(&key, destroy);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], 0, use_key, &key);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], 0);
    printf("destroyed %d\n", destroyed);

    sem_init(&semaphore, 0, 0);
    pthread_create(&t[0], 0, cancelled, 0);
    sem_wait(&semaphore);
    pthread_cancel(t[0]);
    void *result;
    pthread_join(t[0], &result);
    printf("cancelled: %d\n", result == PTHREAD_CANCELED);

    for (int i = 0; i < 200; i++) {
        pthread_create(&t[0], 0, use_key, 0);
        pthread_join(t[0], 0);
    }
    fflush(stdout);
    pthread_create(&t[0], 0, (void *(*)(void *))exit, (void *)7L);
    for (;;)
        pause();
}
