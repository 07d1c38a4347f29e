// GENTRAP with each reason of gentrap.h, and with values that look like one in their low half only.
#include <signal.h>
#include <stdio.h>

static void caught(int number, siginfo_t *info, void *context)
{
    printf(" signal %d code %d\n", number, info->si_code);
}

static void trap(long reason)
{
    printf("%ld", reason);
    fflush(stdout);
    register long a0 __asm__("$16") = reason;
    __asm__ volatile("call_pal 0xaa" : "+r"(a0) : : "memory");
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO };
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    for (long reason = 0; reason >= -12; reason--) trap(reason);
    trap(0xFFFFFFFFL);
    trap(-4294967295L);
    trap(1);
    return 0;
}
