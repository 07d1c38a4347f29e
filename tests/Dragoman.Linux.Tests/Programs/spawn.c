// Executes its arguments, and one that is no UTF-8, with an environment that no shell makes.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
    char *arguments[16] = { 0 };
    char *environment[] = { "Z=first", "NO_EQUALS", "A=1", "\xff\xfe=\x80", "A=2", "EMPTY=", "", 0 };
    memcpy(arguments, words + 1, (count - 1) * sizeof *words);
    arguments[count - 1] = "\xff\xfe\xc3\xbc";
    execve(arguments[0], arguments, environment);
    return 1;
}
