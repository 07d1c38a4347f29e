/* System V IPC: shared memory across fork, semaphores, message queues, and what their control calls say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static void say(const char *what, long result)
{
    printf("%s %ld%s%s\n", what, result, result < 0 ? " " : "", result < 0 ? strerror(errno) : "");
}

static void memory(void)
{
    long size = 3 * sysconf(_SC_PAGESIZE) - 100;
    int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
    char *one = shmat(id, NULL, 0), *two = shmat(id, NULL, SHM_RDONLY);
    struct shmid_ds about;
    if (id < 0 || one == (void *)-1 || two == (void *)-1) {
        perror("shm");
        exit(1);
    }

    strcpy(one + size - 20, "through another");
    printf("%s\n", two + size - 20);
    int status = shmctl(id, IPC_STAT, &about);
    printf("stat %d: %d bytes right, %d attached, by us %d, mode %o\n", status, about.shm_segsz == (size_t)size, (int)about.shm_nattch,
        about.shm_cpid == getpid(), about.shm_perm.mode & 0777);
    mprotect(one, sysconf(_SC_PAGESIZE), PROT_READ);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("child sees \"%s\"\n", one + size - 20);
        strcpy(one + size - 20, "from the child");
        printf("child detaches: %d\n", shmdt(two));
        fflush(stdout);
        _exit(3);
    }

    waitpid(child, &status, 0);
    printf("parent sees \"%s\", child %d\n", two + size - 20, WEXITSTATUS(status));
    printf("remove %d\n", shmctl(id, IPC_RMID, NULL));
    printf("still \"%s\"\n", one + size - 20);
    say("detach", shmdt(one));
    say("again", shmdt(one));
    void *fixed = shmat(id, one + 1, SHM_RND);
    printf("at its old place %d\n", fixed == one);
    say("over itself", (long)shmat(id, fixed, 0));
    printf("replacing %d\n", shmat(id, fixed, SHM_REMAP) == fixed);
    say("detach", shmdt(fixed));
    say("detach", shmdt(two));
    say("gone", (long)shmat(id, NULL, 0));
}

static void semaphores(void)
{
    int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
    unsigned short values[3] = {4, 5, 6};
    struct semid_ds about;
    union semun argument = {.array = values};
    printf("set all %d\n", semctl(id, 0, SETALL, argument));
    argument.val = 9;
    printf("set one %d\n", semctl(id, 1, SETVAL, argument));
    struct sembuf take[2] = {{0, -3, 0}, {1, 1, 0}}, much = {2, -7, IPC_NOWAIT};
    printf("op %d\n", semop(id, take, 2));
    say("too much", semop(id, &much, 1));
    memset(values, 0, sizeof values);
    argument.array = values;
    say("get all", semctl(id, 0, GETALL, argument));
    printf("%d %d %d\n", values[0], values[1], values[2]);
    argument.buf = &about;
    printf("stat %d:", semctl(id, 0, IPC_STAT, argument));
    printf(" %d semaphores, used %d, changed %d, mode %o\n", (int)about.sem_nsems, about.sem_otime > 0, about.sem_ctime > 0, about.sem_perm.mode & 0777);
    about.sem_perm.mode = 0640;
    printf("set %d\n", semctl(id, 0, IPC_SET, argument));
    semctl(id, 0, IPC_STAT, argument);
    printf("mode %o, value %d, waiting %d\n", about.sem_perm.mode & 0777, semctl(id, 1, GETVAL), semctl(id, 1, GETNCNT));
    fflush(stdout);
    struct sembuf wait = {2, -7, 0}, give = {2, 2, 0};
    if (fork() == 0)
        _exit(semop(id, &wait, 1) == 0 ? 0 : 1);
    usleep(20000);
    semop(id, &give, 1);
    int status;
    waitpid(-1, &status, 0);
    printf("waited %d, left %d\n", status, semctl(id, 2, GETVAL));
    printf("remove %d\n", semctl(id, 0, IPC_RMID));
}

static void messages(void)
{
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    struct { long type; char text[40]; } message = {7, "second kind"}, got;
    struct msqid_ds about;
    msgsnd(id, &message, sizeof message.text, 0);
    message.type = 3;
    strcpy(message.text, "first kind");
    msgsnd(id, &message, sizeof message.text, 0);
    printf("stat %d:", msgctl(id, IPC_STAT, &about));
    printf(" %d messages, %d bytes\n", (int)about.msg_qnum, (int)about.__msg_cbytes);
    printf("%d:", (int)msgrcv(id, &got, sizeof got.text, 3, 0));
    printf(" %ld %s\n", got.type, got.text);
    printf("%d:", (int)msgrcv(id, &got, sizeof got.text, 0, 0));
    printf(" %ld %s\n", got.type, got.text);
    say("none", msgrcv(id, &got, sizeof got.text, 0, IPC_NOWAIT));
    printf("remove %d\n", msgctl(id, IPC_RMID, NULL));
}

int main(void)
{
    memory();
    semaphores();
    messages();
    return 0;
}
