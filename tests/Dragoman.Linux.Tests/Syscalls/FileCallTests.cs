using System.Text;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>Files, descriptors and directories through the guest's own interface.</summary>
public sealed class FileCallTests : IDisposable
{
    private const ulong Cwd = unchecked((ulong)-100);
    private readonly TestProcess _guest = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("dragoman").FullName;

    public void Dispose()
    {
        _guest.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void DescriptorsStartAtThreeAndAreReused()
    {
        var first = Open("a", 0x42);
        var second = Open("b", 0x42);
        Assert.Equal(3, first);
        Assert.Equal(4, second);
        Assert.Equal(0, _guest.Call(Syscall.Close, 3));
        Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Close, 3));
        Assert.Equal(3, _guest.Call(Syscall.Dup, 4));
        Assert.Equal(10, _guest.Call(Syscall.Fcntl, 4, 0, 10));
    }

    [Fact]
    public void TheRuntimesOwnDescriptorsAreNotTheGuests()
    {
        for (ulong descriptor = 3; descriptor < 64; descriptor++)
        {
            Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Close, descriptor));
            Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Write, descriptor, _guest.Data, 1));
        }
    }

    [Fact]
    public void WriteReadAndStat()
    {
        var file = (ulong)Open("file", 0x42);
        var text = _guest.Text("hello, guest");
        Assert.Equal(12, _guest.Call(Syscall.Write, file, text, 12));
        Assert.Equal(7, _guest.Call(Syscall.Lseek, file, 7, 0));
        var buffer = _guest.Alloc(16);
        Assert.Equal(5, _guest.Call(Syscall.Read, file, buffer, 16));
        Assert.Equal("guest", Encoding.Latin1.GetString(_guest.Read(buffer, 5)));

        var stat = _guest.Alloc(128);
        Assert.Equal(0, _guest.Call(Syscall.Fstat, file, stat));

        // struct stat of AArch64: st_mode at 16, st_nlink at 20, st_size at 48, st_blksize (int) at 56.
        Assert.Equal(0x8000U, _guest.Read<uint>(stat + 16) & 0xF000);
        Assert.Equal(1U, _guest.Read<uint>(stat + 20));
        Assert.Equal(12L, _guest.Read<long>(stat + 48));
        Assert.Equal(4096, _guest.Read<int>(stat + 56));
        var again = _guest.Alloc(128);
        Assert.Equal(0, _guest.Call(Syscall.Newfstatat, Cwd, Path("file"), again, 0));
        Assert.Equal(_guest.Read(stat, 128), _guest.Read(again, 128));
    }

    [Fact]
    public void OpenFlagsAreTheGuestsOwn()
    {
        // O_DIRECTORY is 0x4000 on Arm and 0x10000 on x86.
        Open("plain", 0x42);
        Assert.Equal(-Errno.ENOTDIR, Open("plain", 0x4000));
        File.CreateSymbolicLink(System.IO.Path.Combine(_directory, "link"), "plain");
        Assert.Equal(-Errno.ELOOP, Open("link", 0x8000));
        var descriptor = (ulong)Open("plain", 0x20000);
        Assert.Equal(0x20000, _guest.Call(Syscall.Fcntl, descriptor, 3) & 0x2F000);
    }

    [Fact]
    public void VectorsGatherAndScatter()
    {
        var file = (ulong)Open("vector", 0x42);
        var vector = _guest.Alloc(48);
        var (one, two) = (_guest.Text("abc"), _guest.Text("defg"));
        ulong[] words = [one, 3, 0, 0, two, 4];
        for (var i = 0; i < words.Length; i++)
        {
            _guest.Write(vector + (ulong)(8 * i), words[i]);
        }

        Assert.Equal(7, _guest.Call(Syscall.Writev, file, vector, 3));
        Assert.Equal("abcdefg", File.ReadAllText(System.IO.Path.Combine(_directory, "vector")));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Writev, file, vector, unchecked((ulong)-1L)));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Writev, file, vector, 1025));
    }

    [Fact]
    public void NamesAreChangedLinkedAndRemoved()
    {
        Assert.Equal(0, _guest.Call(Syscall.Mkdirat, Cwd, Path("d"), 0x1ED));
        Open("d/x", 0x42);
        Assert.Equal(0, _guest.Call(Syscall.Renameat, Cwd, Path("d/x"), Cwd, Path("d/y")));
        Assert.Equal(0, _guest.Call(Syscall.Symlinkat, _guest.Text("y"), Cwd, Path("d/s")));
        var buffer = _guest.Alloc(64);
        Assert.Equal(1, _guest.Call(Syscall.Readlinkat, Cwd, Path("d/s"), buffer, 64));
        Assert.Equal((byte)'y', _guest.Read(buffer, 1)[0]);
        Assert.Equal(-Errno.ENOTEMPTY, _guest.Call(Syscall.Unlinkat, Cwd, Path("d"), 0x200));
        Assert.Equal(0, _guest.Call(Syscall.Unlinkat, Cwd, Path("d/s"), 0));
        Assert.Equal(0, _guest.Call(Syscall.Unlinkat, Cwd, Path("d/y"), 0));
        Assert.Equal(0, _guest.Call(Syscall.Unlinkat, Cwd, Path("d"), 0x200));
    }

    [Fact]
    public void ProcSelfShowsTheGuest()
    {
        var buffer = _guest.Alloc(256);
        Assert.Equal(14, _guest.Call(Syscall.Readlinkat, Cwd, _guest.Text("/proc/self/exe"), buffer, 256));
        Assert.Equal("/guest/program", Encoding.Latin1.GetString(_guest.Read(buffer, 14)));
        Assert.Equal("program\0one\0", ReadAll("/proc/self/cmdline"));
        Assert.Equal("\u0001\u0002\u0003", ReadAll($"/proc/{Environment.ProcessId}/auxv"));
        var maps = ReadAll("/proc/self/maps");
        Assert.Contains($"{_guest.Data:x8}-{_guest.Data + 0x10000:x8} rw-p 00000000 00:00 0\n", maps);
    }

    [Fact]
    public void PipesCarryBytesAndEnd()
    {
        var pair = _guest.Alloc(8);
        Assert.Equal(0, _guest.Call(Syscall.Pipe2, pair, 0));
        var (read, write) = (_guest.Read<uint>(pair), _guest.Read<uint>(pair + 4));
        Assert.Equal((3U, 4U), (read, write));
        Assert.Equal(3, _guest.Call(Syscall.Write, write, _guest.Text("abc"), 3));
        Assert.Equal(3, _guest.Call(Syscall.Read, read, _guest.Alloc(8), 8));
        Assert.Equal(0, _guest.Call(Syscall.Close, write));
        Assert.Equal(0, _guest.Call(Syscall.Read, read, _guest.Alloc(8), 8));
    }

    private ulong Path(string name) => _guest.Text(System.IO.Path.Combine(_directory, name));

    private long Open(string name, ulong flags) => _guest.Call(Syscall.Openat, Cwd, Path(name), flags, 0x1B4);

    private string ReadAll(string path)
    {
        var file = (ulong)_guest.Call(Syscall.Openat, Cwd, _guest.Text(path), 0, 0);
        var buffer = _guest.Alloc(4096);
        var got = _guest.Call(Syscall.Read, file, buffer, 4096);
        Assert.Equal(0, _guest.Call(Syscall.Close, file));
        return Encoding.Latin1.GetString(_guest.Read(buffer, (int)got));
    }
}
