// Robust mutexes: who locks next learns that the owner died, also of several at once, and of one that a thread still waits for.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { MUTEXES = 5 };

static pthread_mutex_t mutexes[MUTEXES];
static pthread_barrier_t locked;

static void *die(void *unused)
{
    for (int i = 0; i < MUTEXES; i++) pthread_mutex_lock(&mutexes[i]);
    pthread_mutex_unlock(&mutexes[1]);
    pthread_barrier_wait(&locked);
    usleep(20000);
    return unused;
}

static void *wait(void *result)
{
    pthread_barrier_wait(&locked);
    *(int *)result = pthread_mutex_lock(&mutexes[0]);
    pthread_mutex_consistent(&mutexes[0]);
    pthread_mutex_unlock(&mutexes[0]);
    return NULL;
}

int main(void)
{
    pthread_mutexattr_t robust;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    for (int i = 0; i < MUTEXES; i++) pthread_mutex_init(&mutexes[i], &robust);
    pthread_barrier_init(&locked, NULL, 2);

    int waited = -1;
    pthread_t owner, waiter;
    pthread_create(&owner, NULL, die, NULL);
    pthread_create(&waiter, NULL, wait, &waited);
    pthread_join(owner, NULL);
    pthread_join(waiter, NULL);
    printf("waited: owner died %d\n", waited == EOWNERDEAD);
    for (int i = 0; i < MUTEXES; i++)
    {
        int result = pthread_mutex_trylock(&mutexes[i]);
        printf("%d: %s\n", i, result == EOWNERDEAD ? "owner died" : result == 0 ? "free" : "locked");
        if (i != 2 && result == EOWNERDEAD) pthread_mutex_consistent(&mutexes[i]);
        pthread_mutex_unlock(&mutexes[i]);
    }

    printf("not recoverable %d, again %d\n", pthread_mutex_lock(&mutexes[2]) == ENOTRECOVERABLE, pthread_mutex_trylock(&mutexes[3]));
    return 0;
}
