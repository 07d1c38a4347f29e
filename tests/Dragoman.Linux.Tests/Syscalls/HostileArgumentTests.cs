using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>Arguments of which more than one is wrong, or that a careless check lets pass: the answers are Linux's, which finds faults in an order of its own.</summary>
public sealed class HostileArgumentTests : IDisposable
{
    private const ulong All = ulong.MaxValue, Closed = 99, Page = 4096;

    private readonly TestProcess _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void WhatIsWrongBesidesAClosedDescriptorIsFoundWhereTheKernelFindsIt()
    {
        var data = _guest.Data;
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Splice, Closed, 0, Closed, 0, 1, 0x8000));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Tee, Closed, Closed, 1, 0x8000));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Pread64, Closed, data, 8, All));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Ftruncate, Closed, All));
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Fgetxattr, Closed, All, data, 8));
        Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Read, Closed, All, 8));
        Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Sendmmsg, Closed, data, 0, 0));
        Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.Recvmmsg, Closed, data, 0, 0, 0));
        Assert.Equal(0, _guest.Call(Syscall.Pipe2, data, 0));
        Assert.Equal(-Errno.ENOTSOCK, _guest.Call(Syscall.Sendmmsg, _guest.Read<uint>(data), All, 1, 0));
        Assert.Equal(-Errno.ENOTSOCK, _guest.Call(Syscall.Recvmmsg, _guest.Read<uint>(data), All, 0, 0, 0));
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Signalfd4, All, All - Page, 8, 0x40));
    }

    [Fact]
    public void RangesThatWrapAreRefused()
    {
        var data = _guest.Data;
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Madvise, data, All, 0));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Madvise, data, All - Page + 1, 0));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Madvise, data, 0, 999));
        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Mincore, data, All, data));
        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Mprotect, data, All, 1));
        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Mprotect, data, All - Page + 1, 0x100));
        Assert.Equal(0, _guest.Call(Syscall.Mprotect, data, 0, 0x100));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mprotect, data + 1, 0, 1));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mprotect, data, 0, 0x0300_0000));
    }

    [Fact]
    public void AnOffsetInsideAPageIsRefusedOfAnonymousMemoryToo()
    {
        const ulong PrivateAnonymous = 0x22;
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mmap, 0, Page, 3, PrivateAnonymous, All, 1));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mmap, 0, Page, 3, 2, Closed, 1));
        Assert.True(_guest.Call(Syscall.Mmap, 0, Page, 3, PrivateAnonymous, All, Page) > 0);
    }

    /// <summary>mm/mremap.c looks at the mapping's end only where something has to move or to grow.</summary>
    [Fact]
    public void ShrinkingMayPassTheMappingsEnd()
    {
        Assert.Equal((long)_guest.Data, _guest.Call(Syscall.Mremap, _guest.Data, 0x20000, Page, 0));
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Mremap, _guest.Data, 0x20000, 0x30000, 1));
        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Mincore, _guest.Data, 2 * Page, _guest.Data));
    }

    [Fact]
    public void LimitsAreAskedForAndRaisedAsOnTheHost()
    {
        const ulong OpenFiles = 7, Stack = 3, NoProcess = int.MaxValue, Hardest = (1UL << 40) + 1;
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Getrlimit, OpenFiles, 0));
        Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.Setrlimit, OpenFiles, 0));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Getrlimit, 99, 0));
        Assert.Equal(-Errno.ESRCH, _guest.Call(Syscall.Prlimit64, NoProcess, 99, 0, 0));
        var pair = _guest.Alloc(16);
        _guest.Write(pair, 100UL);
        _guest.Write(pair + 8, Hardest);
        Assert.Equal(-Errno.EPERM, _guest.Call(Syscall.Setrlimit, OpenFiles, pair));

        // Lowered, it comes back only where the host would let it.
        _guest.Write(pair + 8, 1000UL);
        Assert.Equal(0, _guest.Call(Syscall.Setrlimit, Stack, pair));
        _guest.Write(pair + 8, 2000UL);
        Assert.Equal(HostMayRaise() ? 0 : -Errno.EPERM, _guest.Call(Syscall.Setrlimit, Stack, pair));
    }

    /// <summary>Whether this process itself may raise a limit: that of queued signals by one.</summary>
    private static unsafe bool HostMayRaise()
    {
        const int QueuedSignals = 11;
        var limit = stackalloc ulong[2];
        HostCall.Invoke(Syscall.Getrlimit, QueuedSignals, (nint)limit);
        limit[1]++;
        var result = HostCall.Invoke(Syscall.Setrlimit, QueuedSignals, (nint)limit);
        limit[1]--;
        HostCall.Invoke(Syscall.Setrlimit, QueuedSignals, (nint)limit);
        return result == 0;
    }
}
