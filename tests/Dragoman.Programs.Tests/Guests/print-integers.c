// printf of integers: every length, flag, width and precision; and scanf back.
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const long long values[] = { 0, 1, -1, 7, -8, 255, 256, 65535, -65536, INT_MAX, INT_MIN, UINT_MAX, LLONG_MAX, LLONG_MIN, 0x0123456789abcdefLL };
    static const char *formats[] = { "[%lld]", "[%20lld]", "[%-20lld]", "[%020lld]", "[%+lld]", "[% lld]", "[%.5lld]", "[%25.22lld]", "[%'lld]",
        "[%llu]", "[%llx]", "[%#llX]", "[%#llo]", "[%#020llx]", "[%-#20llx]" };
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
    {
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        {
            printf(formats[f], values[v]);
        }

        printf("%hhd %hd %d %ld %hhu %hx %u\n", (signed char)values[v], (short)values[v], (int)values[v], (long)values[v],
            (unsigned char)values[v], (unsigned short)values[v], (unsigned)values[v]);
    }

    char text[64];
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
    {
        long long back;
        int count;
        snprintf(text, sizeof text, "  %lld,", values[v]);
        int fields = sscanf(text, "%lld,%n", &back, &count);
        printf("%d %d %d\n", fields, count, back == values[v]);
    }

    printf("[%s] [%10.3s] [%-10s] [%c] [%%] [%5c]\n", "text", "truncated", "left", 'c', 'd');
    printf("%*d|%-*d|%.*s\n", 8, 42, 8, 42, 3, "abcdef");
    int written = 0;
    printf("%d%n%d\n", 123, &written, written);
    fprintf(stderr, "standard error %d\n", 1);
    puts("");
    for (int i = 0; i < 300; i++)
    {
        putchar('a' + i % 26);
    }

    putchar('\n');
    return 3;
}
