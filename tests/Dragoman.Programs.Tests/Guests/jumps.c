// setjmp and longjmp across frames, with floating-point registers; sigsetjmp keeps the mask.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf place;
static sigjmp_buf signal_place;

static void deep(int depth, int value)
{
    volatile char room[128];
    room[depth % 128] = (char)value;
    if (depth == 0)
    {
        longjmp(place, value);
    }

    deep(depth - 1, value);
    room[0] = 1;
}

static void handler(int number)
{
    siglongjmp(signal_place, number);
}

static double keeps(double a, double b)
{
    volatile int rounds = 0;
    double x = a * 1.5, y = b + 2.25;
    int value = setjmp(place);
    if (rounds++ < 5)
    {
        deep(20 + rounds, rounds);
    }

    return x + y + value;
}

int main(void)
{
    volatile int count = 0;
    int value = setjmp(place);
    printf("value %d count %d\n", value, count);
    if (count < 5)
    {
        count++;
        deep(count * 10, count * 3);
    }

    printf("zero becomes %d\n", ({ volatile int first = 1; int r = setjmp(place); if (first) { first = 0; longjmp(place, 0); } r; }));
    printf("%g\n", keeps(1.0, 2.0));

    signal(SIGUSR1, handler);
    for (volatile int i = 0; i < 3; i++)
    {
        int number = sigsetjmp(signal_place, 1);
        if (number == 0)
        {
            raise(SIGUSR1);
        }

        sigset_t mask;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        printf("signal %d blocked %d\n", number, sigismember(&mask, SIGUSR1));
    }

    return 0;
}
