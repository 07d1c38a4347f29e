#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    printf("hello, world %.3f\n", 3.14159);
    for (int i = 1; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);
    char line[100];
    while (fgets(line, sizeof line, stdin))
        printf("read %zu: %s", strlen(line), line);
    const char *value = getenv("DRAGOMAN_TEST");
    printf("environment: %s\n", value ? value : "unset");
    return argc > 1 ? atoi(argv[1]) : 0;
}
