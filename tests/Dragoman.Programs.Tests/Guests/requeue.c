/* FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI: waiters of a condition go over to its lock, which has priority inheritance. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint32_t condition, lock;
static int waiting, inside, handled;

static long futex(uint32_t *word, int operation, uint32_t value, void *timeout, uint32_t *word2, uint32_t value3)
{
    return syscall(SYS_futex, word, operation, value, timeout, word2, value3);
}

static void enter(void)
{
    uint32_t free = 0, me = (uint32_t)syscall(SYS_gettid);
    if (!__atomic_compare_exchange_n(&lock, &free, me, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        if (futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0) != 0)
            perror("lock");
}

static void leave(void)
{
    uint32_t me = (uint32_t)syscall(SYS_gettid);
    if (!__atomic_compare_exchange_n(&lock, &me, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        if (futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) != 0)
            perror("unlock");
}

static void *waiter(void *unused)
{
    __atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
    long result = futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &lock, 0);
    if (result != 0)
        printf("waiter: %s\n", strerror(errno));
    /* The kernel has given it the lock. */
    if ((lock & FUTEX_TID_MASK) != (uint32_t)syscall(SYS_gettid))
        printf("not the owner\n");
    inside++;
    leave();
    return unused;
}

static void handler(int signal)
{
    handled += signal == SIGUSR1;
}

static void *locker(void *unused)
{
    /* A handler without SA_RESTART runs while it waits: the wait goes on all the same. */
    enter();
    inside++;
    leave();
    return unused;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, waiter, NULL);
    while (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < 3)
        usleep(1000);
    usleep(50000);
    printf("wrong value: %ld", futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &lock, 5));
    printf(" %s\n", strerror(errno));
    enter();
    printf("requeued %ld\n", futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &lock, 0));
    usleep(20000);
    printf("inside %d\n", inside);
    leave();
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("inside %d, lock %u\n", inside, lock);

    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += 20000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    printf("time-out: %ld", futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, &end, &lock, 0));
    printf(" %s\n", strerror(errno));

    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    enter();
    pthread_create(&threads[0], NULL, locker, NULL);
    usleep(50000);
    pthread_kill(threads[0], SIGUSR1);
    usleep(50000);
    printf("inside %d\n", inside);
    leave();
    pthread_join(threads[0], NULL);
    printf("inside %d, handled %d, lock %u\n", inside, handled, lock);
    return 0;
}
