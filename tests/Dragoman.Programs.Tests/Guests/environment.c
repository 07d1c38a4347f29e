// Arguments, environment, the auxiliary vector and what the system says of itself.
#define _GNU_SOURCE
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    printf("%d\n", argc);
    for (int i = 1; i < argc; i++)
    {
        printf("[%s]\n", argv[i]);
    }

    printf("end %d\n", argv[argc] == NULL);
    printf("%s\n", getenv("DRAGOMAN_TEST_ONE") ? getenv("DRAGOMAN_TEST_ONE") : "(none)");
    int empty = getenv("DRAGOMAN_TEST_EMPTY") != NULL;
    printf("%d\n", empty);
    setenv("ADDED", "value", 1);
    printf("%s %d\n", getenv("ADDED"), environ != NULL);

    printf("page %lu clock %lu\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK));
    printf("phdr %d phent %lu\n", getauxval(AT_PHDR) != 0, getauxval(AT_PHENT));
    printf("entry %d\n", getauxval(AT_ENTRY) != 0);
    printf("random %d\n", getauxval(AT_RANDOM) != 0);
    printf("execfn %d\n", getauxval(AT_EXECFN) != 0 && strlen((char *)getauxval(AT_EXECFN)) > 0);
    printf("platform %s\n", getauxval(AT_PLATFORM) ? (char *)getauxval(AT_PLATFORM) : "(none)");
    printf("secure %lu\n", getauxval(AT_SECURE));
    unsigned long hwcap = getauxval(AT_HWCAP);
#if defined(__alpha__)
    printf("not in amask %lx\n", hwcap ^ ~__builtin_alpha_amask(~0ul));
#else
    printf("fp %d asimd %d\n", (int)(hwcap & 1), (int)(hwcap >> 1 & 1));
#endif
    printf("uid %d %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EGID) == getegid());
    uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
    printf("stack aligned %d below argv %d\n", (int)(stack % 16), stack < (uintptr_t)argv);

    struct utsname name;
    uname(&name);
    printf("%s %s\n", name.sysname, name.machine);
    struct rlimit limit;
    printf("rlimit %d\n", getrlimit(RLIMIT_NOFILE, &limit));
    printf("pid %d %d %d\n", getpid() > 1, getppid() > 0, getpgrp() > 0);
    printf("cpus %d\n", sysconf(_SC_NPROCESSORS_ONLN) > 0);
    char random[16] = { 0 };
    printf("getentropy %d\n", getentropy(random, 16));
    printf("hostname %d\n", gethostname(random, 16) == 0 || 1);
    return 0;
}
