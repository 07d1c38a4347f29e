/* System V's control calls by their numbers: every byte of what the kernel writes, and where it refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __x86_64__
#undef SYS_semctl
#undef SYS_shmctl
#undef SYS_msgctl
#undef SYS_msgsnd
#undef SYS_msgrcv
#define SYS_semctl 394
#define SYS_shmctl 396
#define SYS_msgsnd 400
#define SYS_msgrcv 401
#define SYS_msgctl 402
#endif

static unsigned char buffer[256];

/* Identifiers and times differ from run to run: words that hold one are named. */
static void show(const char *what, long result, int id, int seconds)
{
    int last = sizeof buffer;
    printf("%s %ld%s%s:", what, result < 0 ? result : result == id ? 1 : result, result < 0 ? " " : "", result < 0 ? strerror(errno) : "");
    while (last > 0 && buffer[last - 1] == 0xA5)
        last--;
    for (int i = 0; i < last; i += 4) {
        unsigned word;
        memcpy(&word, buffer + i, 4);
        if (word == (unsigned)getpid())
            printf(" pid");
        else if (seconds && word > 1500000000u && word < 0xA0000000u)
            printf(" time");
        else if (i == 24)
            printf(" sequence");
        else
            printf(" %x", word);
    }

    printf("\n");
    memset(buffer, 0xA5, sizeof buffer);
}

int main(void)
{
    memset(buffer, 0xA5, sizeof buffer);
    int set = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600), queue = msgget(IPC_PRIVATE, IPC_CREAT | 0640);
    int segment = shmget(IPC_PRIVATE, 12345, IPC_CREAT | 0604);
    struct sembuf one = {1, 5, 0};
    struct { long type; char text[20]; } message = {77, "a message"}, got = {0};
    semop(set, &one, 1);
    show("semaphores", syscall(SYS_semctl, set, 0, IPC_STAT, buffer), set, 1);
    show("value", syscall(SYS_semctl, set, 1, GETVAL, 0), set, 1);
    show("limits of semaphores", syscall(SYS_semctl, 0, 0, IPC_INFO, buffer) < 0 ? -1 : 0, set, 0);
    show("semaphores at nowhere", syscall(SYS_semctl, set, 0, IPC_STAT, 8), set, 1);
    show("set from nowhere", syscall(SYS_semctl, set, 0, IPC_SET, 8), set, 1);
    show("no such command", syscall(SYS_semctl, set, 0, 99, buffer), set, 1);
    show("send", syscall(SYS_msgsnd, queue, &message, 10L, 0), queue, 1);
    show("send from nowhere", syscall(SYS_msgsnd, queue, 8L, 10L, 0), queue, 1);
    show("send too much", syscall(SYS_msgsnd, queue, &message, -1L, 0), queue, 1);
    show("queue", syscall(SYS_msgctl, queue, IPC_STAT, buffer), queue, 1);
    show("limits of queues", syscall(SYS_msgctl, 0, IPC_INFO, buffer) < 0 ? -1 : 0, queue, 0);
    show("queue at nowhere", syscall(SYS_msgctl, queue, IPC_STAT, 8), queue, 1);
    show("no such command", syscall(SYS_msgctl, queue, 99, buffer), queue, 1);
    show("receive little", syscall(SYS_msgrcv, queue, &got, 3L, 0L, 0), queue, 1);
    show("receive", syscall(SYS_msgrcv, queue, &got, sizeof got.text, 0L, MSG_NOERROR), queue, 1);
    printf("%ld %s\n", got.type, got.text);
    show("segment", syscall(SYS_shmctl, segment, IPC_STAT, buffer), segment, 1);
    show("limits of segments", syscall(SYS_shmctl, 0, IPC_INFO, buffer) < 0 ? -1 : 0, segment, 0);
    show("segment at nowhere", syscall(SYS_shmctl, segment, IPC_STAT, 8), segment, 1);
    show("no such command", syscall(SYS_shmctl, segment, 99, buffer), segment, 1);
    long use = syscall(SYS_shmctl, 0, SHM_INFO, buffer);
    printf("use %d, %d segments\n", use >= 0, *(int *)buffer > 0);
    memset(buffer, 0xA5, sizeof buffer);
    show("remove", syscall(SYS_semctl, set, 0, IPC_RMID, 0) | syscall(SYS_msgctl, queue, IPC_RMID, 0) | syscall(SYS_shmctl, segment, IPC_RMID, 0), 0, 1);
    return 0;
}
