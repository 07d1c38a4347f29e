// Prints its arguments but the first, and its environment, byte for byte.
#include <stdio.h>

extern char **environ;

static void print(const char *kind, const char *text)
{
    printf("%s:", kind);
    for (; *text; text++)
    {
        printf(" %02x", (unsigned char)*text);
    }

    printf("\n");
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++)
    {
        print("argument", words[i]);
    }

    for (char **entry = environ; *entry; entry++)
    {
        print("variable", *entry);
    }

    return 0;
}
