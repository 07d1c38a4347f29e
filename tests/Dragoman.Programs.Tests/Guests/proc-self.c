// /proc/self shows the guest: its file, its arguments, its maps, its auxiliary vector.
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int find(uintptr_t address, char *rights, char *name)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[600];
    int found = 0;
    while (maps && fgets(line, sizeof line, maps))
    {
        unsigned long start, end;
        char kind[8], path[512] = "";
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %511s", &start, &end, kind, path) >= 3 && address >= start && address < end)
        {
            strcpy(rights, kind);
            strcpy(name, path);
            found = 1;
        }
    }

    if (maps)
    {
        fclose(maps);
    }

    return found;
}

int main(int argc, char **argv)
{
    (void)argc;
    char path[512] = "", mine[512] = "";
    printf("exe %d\n", readlink("/proc/self/exe", path, sizeof path - 1) > 0);
    struct stat link;
    printf("exe is a link %d\n", lstat("/proc/self/exe", &link) == 0 && S_ISLNK(link.st_mode));
    realpath(argv[0], mine);
    printf("is me %d\n", strcmp(path, mine) == 0);
    char text[512];
    int file = open("/proc/self/cmdline", O_RDONLY);
    int length = (int)read(file, text, sizeof text);
    int name = (int)strlen(text) + 1;
    printf("cmdline starts with argv[0] %d\n", strcmp(text, argv[0]) == 0);
    for (int i = name; i < length; i += (int)strlen(text + i) + 1)
    {
        printf("[%s]\n", text + i);
    }

    int exe = open("/proc/self/exe", O_RDONLY);
    Elf64_Ehdr header;
    read(exe, &header, sizeof header);
    printf("machine %d\n", header.e_machine);

    char rights[8] = "", file_name[512] = "";
    printf("main mapped %d", find((uintptr_t)main, rights, file_name));
    printf(" %s %d\n", rights, strcmp(file_name, mine) == 0);
    int local;
    int found = find((uintptr_t)&local, rights, file_name);
    printf("stack mapped %d %s %s\n", found, rights, file_name);
    char *heap = malloc(100);
    printf("heap mapped %d\n", find((uintptr_t)heap, rights, file_name));
    char *area = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("area mapped %d", find((uintptr_t)area, rights, file_name));
    printf(" %s\n", rights);
    munmap(area, 4096);
    printf("unmapped %d\n", find((uintptr_t)area, rights, file_name));

    file = open("/proc/self/auxv", O_RDONLY);
    unsigned long vector[2];
    unsigned long page = 0;
    while (read(file, vector, sizeof vector) == sizeof vector && vector[0] != AT_NULL)
    {
        if (vector[0] == AT_PAGESZ)
        {
            page = vector[1];
        }
    }

    printf("auxv page %lu\n", page);
    return 0;
}
