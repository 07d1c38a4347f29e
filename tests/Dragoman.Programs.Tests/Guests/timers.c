// Interval timers, POSIX timers with values, alarm, and sleeps cut short.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks, value, timer_code;

static void tick(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    ticks++;
    value = info->si_value.sival_int;
    timer_code = info->si_code;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = tick, .sa_flags = SA_SIGINFO };
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGVTALRM, &action, NULL);
    sigaction(SIGRTMIN + 2, &action, NULL);

    struct itimerval interval = { { 0, 10000 }, { 0, 10000 } }, none = { { 0, 0 }, { 0, 0 } };
    setitimer(ITIMER_REAL, &interval, NULL);
    while (ticks < 3)
    {
        pause();
    }

    setitimer(ITIMER_REAL, &none, &interval);
    printf("ticks %d interval %ld\n", ticks >= 3, (long)interval.it_interval.tv_usec);

    ticks = 0;
    struct itimerval busy = { { 0, 5000 }, { 0, 5000 } };
    setitimer(ITIMER_REAL, &busy, NULL);
    unsigned long spins = 0;
    while (ticks < 5)
    {
        spins++; // a loop without system calls must see the signal
    }

    setitimer(ITIMER_REAL, &none, NULL);
    printf("busy %d\n", spins > 0);

    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2, .sigev_value.sival_int = 31 };
    printf("create %d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec when = { { 0, 0 }, { 0, 300000000 } }; // long enough to be asleep by then on a busy machine
    ticks = 0;
    printf("set %d\n", timer_settime(timer, 0, &when, NULL));
    struct timespec rest = { 5, 0 }, left = { 0, 0 };
    int cut = nanosleep(&rest, &left);
    printf("cut %d %d left %d value %d code %d\n", cut, errno == EINTR, left.tv_sec >= 4, value, timer_code);
    printf("overrun %d\n", timer_getoverrun(timer));
    printf("delete %d\n", timer_delete(timer));

    ticks = 0;
    alarm(1);
    printf("left %u\n", sleep(3) >= 1);
    printf("alarm %d\n", ticks);
    return 0;
}
