// String and memory functions at every alignment and many lengths, each against the plainest loop.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

extern void *memrchr(const void *, int, size_t);
extern size_t strnlen(const char *, size_t);
extern char *stpcpy(char *, const char *);

static unsigned char area[1024], other[1024], want[1024];
static long checks, failures;

static void check(int good, const char *what, int a, int b, int length)
{
    checks++;
    if (!good && failures++ < 10)
    {
        printf("%s wrong at %d %d length %d\n", what, a, b, length);
    }
}

static void fill(unsigned seed)
{
    for (size_t i = 0; i < sizeof area; i++)
    {
        seed = seed * 1103515245 + 12345;
        area[i] = (unsigned char)(seed >> 16 | 1);
        other[i] = (unsigned char)(seed >> 8 | 1);
    }
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void copies(int a, int b, int length)
{
    fill(a * 64 + b);
    memcpy(want, other, sizeof want);
    for (int i = 0; i < length; i++)
    {
        want[b + i] = area[a + i];
    }

    memcpy(other + b, area + a, length);
    check(memcmp(other, want, sizeof want) == 0, "memcpy", a, b, length);
    memcpy(want, area, sizeof want);
    for (int i = 0; i < length; i++)
    {
        want[b + i] = area[a + i];
    }

    memmove(area + b, area + a, length);
    check(memcmp(area, want, sizeof want) == 0, "memmove", a, b, length);
    memset(area + a, 0x5a, length);
    int good = 1;
    for (int i = 0; i < length; i++)
    {
        good &= area[a + i] == 0x5a;
    }

    check(good, "memset", a, b, length);
}

static void searches(int a, int b, int length)
{
    fill(length);
    memset(area + a, 'x', length);
    area[a + length] = 0;
    memset(other + b, 'x', length);
    other[b + length] = 0;
    char *s = (char *)area + a, *t = (char *)other + b;
    check((int)strlen(s) == length, "strlen", a, b, length);
    check((int)strnlen(s, length / 2) == length / 2, "strnlen", a, b, length);
    check(strcmp(s, t) == 0, "strcmp equal", a, b, length);
    check(strchr(s, 'y') == NULL && memchr(s, 'y', length) == NULL, "absent", a, b, length);
    if (length > 0)
    {
        int middle = length / 2;
        s[middle] = 'y';
        check(strchr(s, 'y') == s + middle && strrchr(s, 'y') == s + middle, "strchr", a, b, length);
        check(memchr(s, 'y', length) == s + middle && memrchr(s, 'y', length) == s + middle, "memchr", a, b, length);
        check(sign(strcmp(s, t)) == 1 && sign(strcmp(t, s)) == -1, "strcmp", a, b, length);
        check(sign(memcmp(s, t, length)) == 1 && memcmp(s, t, middle) == 0, "memcmp", a, b, length);
        check(sign(strncmp(s, t, middle)) == 0 && sign(strncmp(s, t, middle + 1)) == 1, "strncmp", a, b, length);
        check((int)strcspn(s, "zy") == middle && (int)strspn(s, "x") == middle, "strspn", a, b, length);
        check(strstr(s, "y") == s + middle, "strstr", a, b, length);
        s[middle] = (char)0xff;
        check(sign(strcmp(s, t)) == 1, "strcmp unsigned", a, b, length);
    }

    char *end = stpcpy(t, s);
    check(end == t + length && strcmp(s, t) == 0, "stpcpy", a, b, length);
    strcat(t, "tail");
    check(strlen(t) == (size_t)length + 4, "strcat", a, b, length);
}

// Functions may read ahead, but never into a page that the string does not reach.
static void page_end(void)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + 4096, 4096, PROT_NONE);
    for (int length = 0; length < 200; length++)
    {
        char *s = pages + 4096 - length - 1;
        memset(s, 'q', length);
        s[length] = 0;
        check((int)strlen(s) == length, "strlen at a page's end", length, 0, length);
        check(strchr(s, 'r') == NULL, "strchr at a page's end", length, 0, length);
        char copy[256];
        strcpy(copy, s);
        check(strcmp(copy, s) == 0, "strcmp at a page's end", length, 0, length);
        check(memchr(s, 'r', length) == NULL, "memchr at a page's end", length, 0, length);
    }
}

int main(void)
{
    for (int a = 0; a < 16; a++)
    {
        for (int b = 0; b < 16; b += 1 + a % 3)
        {
            for (int length = 0; length < 300; length += 1 + length / 24)
            {
                copies(a, b, length);
                searches(a, b, length);
            }
        }
    }

    page_end();
    char text[] = "one,two;;three four";
    for (char *part = strtok(text, ",; "); part; part = strtok(NULL, ",; "))
    {
        printf("%s\n", part);
    }

    printf("%ld checks, %ld failures\n", checks, failures);
    return failures != 0;
}
