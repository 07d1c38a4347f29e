// Dies of the signal that is named, in Alpha's numbers.
#include <signal.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    return raise(atoi(arguments[1]));
}
