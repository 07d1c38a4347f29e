using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>Pointers that no program should pass: the answer is an error number, and host memory is never touched.</summary>
public sealed class HostilePointerTests : IDisposable
{
    private readonly TestProcess _guest = new();

    public void Dispose() => _guest.Dispose();

    private IEnumerable<ulong> Bad()
    {
        var limit = _guest.Process.Machine.Memory.Limit;
        return
        [
            1, 0x1000, limit - 1, limit - 8, limit, limit + 0x1000, limit + 0x20000, 1UL << 47, 0x7FFF_FFFF_FFFF, 0x8000_0000_0000, 0xFFFF_8000_0000_0000,
            ulong.MaxValue, ulong.MaxValue - 7, _guest.Data | (0xA5UL << 56), unchecked(0 - _guest.Data),
            _guest.Data + 0x10000,
        ];
    }

    [Fact]
    public void EveryCallAnswersWithAnError()
    {
        var pair = _guest.Alloc(8);
        Assert.Equal(0, _guest.Call(Syscall.Pipe2, pair, 0x800));
        var (read, write) = (_guest.Read<uint>(pair), _guest.Read<uint>(pair + 4));
        _guest.Call(Syscall.Write, write, _guest.Data, 64);
        foreach (var bad in Bad())
        {
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Write, write, bad, 8));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Read, read, bad, 8));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Writev, write, bad, 1));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Openat, unchecked((ulong)-100), bad, 0, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Newfstatat, unchecked((ulong)-100), _guest.Text("/"), bad, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Fstat, 0, bad));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.ClockGettime, 1, bad));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Nanosleep, bad, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Uname, bad));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Pipe2, bad, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Ppoll, bad, 1, 0, 0, 8));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.RtSigaction, 10, bad, 0, 8));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.RtSigprocmask, 0, bad, 0, 8));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Sigaltstack, bad, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Getrandom, bad, 8, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Prlimit64, 0, 7, 0, bad));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Clone3, bad, 88));
            Assert.True(_guest.Call(Syscall.Futex, bad & ~3UL, 0, 1, 0, 0, 0) is -Errno.EFAULT or -Errno.EINVAL or -Errno.EAGAIN);
        }
    }

    [Fact]
    public void AccessesAcrossAPagesEndAreRefused()
    {
        var end = _guest.Data + 0x10000;
        for (ulong size = 2; size <= 16; size++)
        {
            for (ulong inside = 1; inside < size; inside++)
            {
                Assert.False(_guest.Process.Memory.TryRead(end - inside, new byte[size]));
                Assert.False(_guest.Process.Memory.TryWrite(end - inside, new byte[size]));
            }

            Assert.True(_guest.Process.Memory.TryRead(end - size, new byte[size]));
        }
    }

    [Fact]
    public void AStringMayEndAtTheLastByteBeforeAHole()
    {
        var end = _guest.Data + 0x10000;
        _guest.Write(end - 2, (byte)'/');
        _guest.Write(end - 1, (byte)0);
        Assert.Equal("/"u8.ToArray(), _guest.Process.Memory.ReadString(end - 2, 4096, out _)!);
        _guest.Write(end - 1, (byte)'x');
        Assert.Null(_guest.Process.Memory.ReadString(end - 2, 4096, out var error));
        Assert.Equal(Errno.EFAULT, error);
    }

    [Fact]
    public void MemoryPastAFilesEndIsEfault()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[100]);
        var file = (ulong)_guest.Call(Syscall.Openat, 0, _guest.Text(path), 2, 0);
        var map = (ulong)_guest.Call(Syscall.Mmap, 0, 0x3000, 3, 1, file, 0);
        Assert.True(map < 1UL << 46);
        File.WriteAllBytes(path, []);
        Assert.False(_guest.Process.Memory.TryRead(map + 0x1000, new byte[8]));
        Assert.False(_guest.Process.Memory.TryWrite(map + 0x1000, new byte[8]));
        File.Delete(path);
    }

    [Fact]
    public void MappingsStayInsideTheRegion()
    {
        var limit = _guest.Process.Machine.Memory.Limit;
        foreach (var address in new[] { limit, limit - 0x1000, 1UL << 47, 0xFFFF_FFFF_FFFF_F000, 0x8000_0000_0000_0000 })
        {
            Assert.True(_guest.Call(Syscall.Mmap, address, 0x2000, 3, 0x32, ulong.MaxValue, 0) is -Errno.ENOMEM or -Errno.EINVAL);
            Assert.True(_guest.Call(Syscall.Munmap, address, 0x2000) < 0);
            Assert.True(_guest.Call(Syscall.Mprotect, address, 0x2000, 3) < 0);
            Assert.True(_guest.Call(Syscall.Madvise, address, 0x2000, 4) < 0);
            Assert.True(_guest.Call(Syscall.Mremap, address, 0x2000, 0x4000, 1, 0) < 0);
        }

        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Mmap, 0, limit + 0x1000, 3, 0x22, ulong.MaxValue, 0));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mmap, 0, 0, 3, 0x22, ulong.MaxValue, 0));
    }

    [Fact]
    public void TaggedPointersAreTakenOnlyWhenAskedFor()
    {
        var tagged = _guest.Data | (0xA5UL << 56);
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Uname, tagged));
        Assert.Equal(0, _guest.Call(Syscall.Prctl, 55, 1, 0, 0, 0));
        Assert.Equal(0, _guest.Call(Syscall.Uname, tagged));
        Assert.Equal(1, _guest.Call(Syscall.Prctl, 56, 0, 0, 0, 0));
    }

    [Fact]
    public void ReadOnlyMemoryIsNotWrittenByCalls()
    {
        var page = _guest.Call(Syscall.Mmap, 0, 0x1000, 1, 0x22, ulong.MaxValue, 0);
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Getrandom, (ulong)page, 8, 0));
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Uname, (ulong)page));
        Assert.Equal(GuestProtection.Read, _guest.Process.Machine.Memory.Find((ulong)page)!.Protection);
    }
}
