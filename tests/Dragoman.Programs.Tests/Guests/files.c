// Files and directories: creation, positions, truncation, links, renames, listing, metadata, vectors, and the errors.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%-28s %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    char *names[64];
    int count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL && count < 64;)
    {
        asprintf(&names[count++], "%s %d", entry->d_name, entry->d_type);
    }

    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    for (int i = 0; i < count; i++)
    {
        printf("  %s\n", names[i]);
    }
}

int main(void)
{
    char place[] = "/tmp/dragoman-files-XXXXXX";
    if (!mkdtemp(place) || chdir(place))
    {
        perror(place);
        return 1;
    }

    umask(022);
    int file = open("data", O_RDWR | O_CREAT | O_EXCL, 0640);
    say("open", file >= 0);
    say("open again", open("data", O_RDWR | O_CREAT | O_EXCL, 0640));
    say("write", write(file, "hello, world\n", 13));
    say("lseek", lseek(file, 7, SEEK_SET));
    char text[64] = "";
    say("read", read(file, text, 5));
    say("pread", pread(file, text + 10, 5, 0));
    printf("%s %s\n", text, text + 10);
    say("pwrite", pwrite(file, "JUMP", 4, 100));
    say("end", lseek(file, 0, SEEK_END));
    say("before start", lseek(file, -1000, SEEK_CUR));
    say("ftruncate", ftruncate(file, 50));
    struct iovec parts[3] = { { "ab", 2 }, { "", 0 }, { "cdef", 4 } };
    say("writev", writev(file, parts, 3));
    char a[3] = "", b[5] = "";
    struct iovec into[2] = { { a, 2 }, { b, 4 } };
    lseek(file, 104, SEEK_SET);
    say("readv at end", readv(file, into, 2));
    say("preadv", preadv(file, into, 2, 0));
    printf("%s %s\n", a, b);

    struct stat info;
    say("fstat", fstat(file, &info));
    printf("size %ld mode %o links %d regular %d block %d\n", (long)info.st_size, info.st_mode, (int)info.st_nlink, S_ISREG(info.st_mode), info.st_blksize > 0);
    say("flock", flock(file, LOCK_EX | LOCK_NB));
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };
    say("fcntl setlk", fcntl(file, F_SETLK, &lock));
    say("getfl", fcntl(file, F_GETFL) & O_ACCMODE);
    say("setfl append", fcntl(file, F_SETFL, O_APPEND));
    printf("append %d\n", (fcntl(file, F_GETFL) & O_APPEND) != 0);
    say("dup2", dup2(file, 50));
    say("cloexec", fcntl(50, F_SETFD, FD_CLOEXEC));
    say("getfd", fcntl(50, F_GETFD));
    say("dupfd", fcntl(50, F_DUPFD_CLOEXEC, 60));
    say("fsync", fsync(file));
    say("fallocate", posix_fallocate(file, 0, 8192));
    say("close", close(file));
    say("close again", close(file));

    say("mkdir", mkdir("dir", 0755));
    say("mkdir again", mkdir("dir", 0755));
    say("symlink", symlink("data", "dir/link"));
    say("link", link("data", "dir/hard"));
    memset(text, 0, sizeof text);
    say("readlink", readlink("dir/link", text, sizeof text));
    printf("%s\n", text);
    say("lstat", lstat("dir/link", &info));
    printf("symlink %d size %ld\n", S_ISLNK(info.st_mode), (long)info.st_size);
    say("stat broken", stat("dir/link", &info));
    say("stat", stat("dir/hard", &info));
    printf("links %d\n", (int)info.st_nlink);
    say("rename", rename("data", "dir/moved"));
    say("rename missing", rename("nothing", "dir/x"));
    say("access", access("dir/moved", R_OK | W_OK));
    say("access missing", access("data", F_OK));
    say("chmod", chmod("dir/moved", 0400));
    stat("dir/moved", &info);
    printf("mode %o\n", info.st_mode);
    struct timespec times[2] = { { 1000000, 5 }, { 2000000, 7 } };
    say("utimensat", utimensat(AT_FDCWD, "dir/moved", times, 0));
    stat("dir/moved", &info);
    printf("times %ld.%ld %ld.%ld\n", (long)info.st_atim.tv_sec, info.st_atim.tv_nsec, (long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    struct statx more;
    say("statx", statx(AT_FDCWD, "dir/moved", 0, STATX_ALL, &more));
    printf("statx size %ld mtime %ld\n", (long)more.stx_size, (long)more.stx_mtime.tv_sec);
    list("dir");
    int directory = open("dir", O_RDONLY | O_DIRECTORY);
    say("openat", openat(directory, "moved", O_RDONLY) >= 0);
    say("mkfifoat", mkfifoat(directory, "fifo", 0600));
    say("fstatat", fstatat(directory, "fifo", &info, 0));
    printf("fifo %d\n", S_ISFIFO(info.st_mode));
    say("fchdir", fchdir(directory));
    char cwd[200];
    printf("cwd ends in dir %d\n", strcmp(getcwd(cwd, sizeof cwd) + strlen(cwd) - 4, "/dir") == 0);
    say("chdir", chdir(".."));
    say("rmdir full", rmdir("dir"));
    say("read directory", read(directory, text, 10));
    say("unlink directory", unlink("dir"));
    say("open not directory", open("dir/moved/x", O_RDONLY));
    say("name too long", open(({ static char name[400]; memset(name, 'n', 300); name; }), O_RDONLY));
    struct statvfs space;
    say("statvfs", statvfs(".", &space));

    FILE *stream = fopen("lines", "w+");
    for (int i = 0; i < 5000; i++)
    {
        fprintf(stream, "line %d\n", i);
    }

    fseek(stream, 1000, SEEK_SET);
    fgets(text, sizeof text, stream);
    printf("%s", text);
    printf("tell %ld\n", ftell(stream));
    rewind(stream);
    long lines = 0, letters = 0;
    for (int c; (c = getc(stream)) != EOF; letters++)
    {
        lines += c == '\n';
    }

    printf("%ld lines %ld letters %d\n", lines, letters, feof(stream) != 0);
    fclose(stream);
    FILE *temporary = tmpfile();
    printf("tmpfile %d\n", temporary != NULL);

    say("bad pointer", write(1, (void *)0x123, 5));
    say("bad path", open((char *)0x123, O_RDONLY));
    unlink("lines");
    unlink("dir/link");
    unlink("dir/hard");
    unlink("dir/moved");
    unlink("dir/fifo");
    say("rmdir", rmdir("dir"));
    say("chdir", chdir("/"));
    say("rmdir", rmdir(place));
    return 0;
}
