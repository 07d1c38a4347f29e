// Clocks and calendars: monotonic clocks go forward, sleeps last, gmtime and mktime and strftime agree with the calendar.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t))
    {
        perror("clock_gettime");
        exit(1);
    }

    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(void)
{
    setenv("TZ", "UTC0", 1);
    tzset();
    static const time_t moments[] = { 0, 86399, 951782400, 1000000000, 1583020799, 2147483647, 4102444800, -1 };
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
    {
        struct tm parts;
        char text[100];
        gmtime_r(&moments[i], &parts);
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j %U %p", &parts);
        printf("%s %d\n", text, (int)(mktime(&parts) == moments[i]));
    }

    static const clockid_t clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME };
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
    {
        double first = now(clocks[i]);
        for (volatile int spin = 0; spin < 10000; spin++)
        {
        }

        struct timespec resolution;
        printf("clock %d forward %d resolution %d\n", (int)clocks[i], now(clocks[i]) >= first, clock_getres(clocks[i], &resolution) == 0 && resolution.tv_sec == 0);
    }

    double start = now(CLOCK_MONOTONIC);
    struct timespec pause = { 0, 30000000 };
    printf("nanosleep %d\n", nanosleep(&pause, NULL));
    printf("slept %d\n", now(CLOCK_MONOTONIC) - start >= 0.03);
    start = now(CLOCK_MONOTONIC);
    usleep(10000);
    printf("slept %d\n", now(CLOCK_MONOTONIC) - start >= 0.01);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000)
    {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }

    printf("absolute %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
    printf("reached %d\n", now(CLOCK_MONOTONIC) >= (double)until.tv_sec + (double)until.tv_nsec * 1e-9 - 1e-6);
    struct timespec bad = { 0, 2000000000 };
    int result = nanosleep(&bad, NULL);
    printf("bad %d %d\n", result, errno == EINVAL);

    struct timeval day;
    printf("gettimeofday %d %d\n", gettimeofday(&day, NULL), labs((long)(day.tv_sec - time(NULL))) <= 1);
    struct tms used;
    printf("times %d\n", times(&used) != (clock_t)-1);
    struct rusage usage;
    printf("getrusage %d %d\n", getrusage(RUSAGE_SELF, &usage), usage.ru_maxrss > 0);
    printf("clock %d\n", clock() >= 0);
    return 0;
}
