using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Linux.Tests.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Tests.Abi;

/// <summary>System calls as an Alpha program makes them: its own numbers, its own structures, two results, pages of 8 KiB.</summary>
public sealed class AlphaCallTests : IDisposable
{
    private const ulong Cwd = unchecked((ulong)-100);
    private readonly TestProcess _guest = new(FakeGuest.Alpha());

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void IdentitiesComeInPairs()
    {
        Assert.Equal(Environment.ProcessId, _guest.Call(Syscall.Getxpid));
        Assert.Equal((ulong)HostCall.Invoke(Syscall.Getppid), _guest.Thread.Vcpu.GetRegister("R20"));
        Assert.Equal(HostCall.Invoke(Syscall.Getuid), _guest.Call(Syscall.Getxuid));
        Assert.Equal((ulong)HostCall.Invoke(Syscall.Geteuid), _guest.Thread.Vcpu.GetRegister("R20"));
    }

    [Fact]
    public void APipeIsTwoResults()
    {
        var read = _guest.Call(Syscall.OsfPipe);
        var write = _guest.Thread.Vcpu.GetRegister("R20");
        Assert.Equal(1, _guest.Call(Syscall.Write, write, _guest.Text("x"), 1));
        Assert.Equal(1, _guest.Call(Syscall.Read, (ulong)read, _guest.Alloc(8), 8));
    }

    [Fact]
    public void FilesHaveAlphasFlagsAndStructures()
    {
        var name = _guest.Text($"/tmp/dragoman-alpha-{Guid.NewGuid():N}");
        var file = (ulong)_guest.Call(Syscall.Open, name, 0x202, 0x1A4);
        try
        {
            Assert.Equal(5, _guest.Call(Syscall.Write, file, _guest.Text("hello"), 5));

            // struct stat64: st_size at 24, st_mode at 40; struct stat: st_mode at 8, st_size at 32.
            var stat = _guest.Alloc(136);
            Assert.Equal(0, _guest.Call(Syscall.Fstatat64, Cwd, name, stat, 0));
            Assert.Equal((5L, 0x8000U), (_guest.Read<long>(stat + 24), _guest.Read<uint>(stat + 40) & 0xF000));
            Assert.Equal(0, _guest.Call(Syscall.Lstat, name, stat));
            Assert.Equal((5L, 0x8000U), (_guest.Read<long>(stat + 32), _guest.Read<uint>(stat + 8) & 0xF000));

            // F_SETFL with O_APPEND (8), F_GETFL; O_CREAT with O_EXCL (0x800).
            Assert.Equal(0, _guest.Call(Syscall.Fcntl, file, 4, 8));
            Assert.Equal(8, _guest.Call(Syscall.Fcntl, file, 3, 0) & 8);
            Assert.Equal(-Errno.EEXIST, _guest.Call(Syscall.Open, name, 0xA02, 0x1A4));

            // F_GETLK is 7, F_WRLCK 2, F_UNLCK 8.
            var flock = _guest.Alloc(32);
            _guest.Write(flock, (short)2);
            Assert.Equal(0, _guest.Call(Syscall.Fcntl, file, 7, flock));
            Assert.Equal((short)8, _guest.Read<short>(flock));
        }
        finally
        {
            Assert.Equal(0, _guest.Call(Syscall.Unlink, name));
        }
    }

    [Fact]
    public void FileSystemsFitIntoSmallMembersOrOverflow()
    {
        var buffer = _guest.Alloc(88);
        Assert.Equal(0, _guest.Call(Syscall.Statfs, _guest.Text("/proc"), buffer));
        Assert.Equal(0x9FA0U, _guest.Read<uint>(buffer));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Statfs64, _guest.Text("/proc"), 84, buffer));
        Assert.Equal(0, _guest.Call(Syscall.Statfs64, _guest.Text("/proc"), 88, buffer));
        Assert.Equal(255U, _guest.Read<uint>(buffer + 56));
    }

    [Fact]
    public void OldStructuresAreCutToTheSizeThatIsNamed()
    {
        var buffer = _guest.Alloc(520);
        Assert.Equal(0, _guest.Call(Syscall.OsfStatfs, _guest.Text("/proc"), buffer, 8));
        Assert.Equal((0x9FA0U, 0U), (_guest.Read<uint>(buffer), _guest.Read<uint>(buffer + 8)));
        Assert.Equal(0, _guest.Call(Syscall.OsfStatfs, _guest.Text("/proc"), buffer, 1000));
        Assert.Equal((4096U, 0UL), (_guest.Read<uint>(buffer + 8), _guest.Read<ulong>(buffer + 40)));
        Assert.Equal(0, _guest.Call(Syscall.OsfStatfs64, _guest.Text("/proc"), buffer, 512));
        Assert.Equal((0x9FA0U, 4096UL), (_guest.Read<uint>(buffer), _guest.Read<ulong>(buffer + 464)));
        Assert.Equal(0, _guest.Call(Syscall.OsfLstat, _guest.Text("/etc/passwd"), buffer));
        Assert.Equal(((ulong)new FileInfo("/etc/passwd").Length, 0x8000U), (_guest.Read<ulong>(buffer + 32), _guest.Read<uint>(buffer + 8) & 0xF000));
        Assert.Equal(0, _guest.Call(Syscall.OsfSysinfo, 6, buffer, 4));
        Assert.Equal("alph"u8.ToArray(), _guest.Read(buffer, 4));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.OsfSysinfo, 10, buffer, 4));
        Assert.Equal(0, _guest.Call(Syscall.OsfGetdomainname, buffer, 1));
        Assert.True(_guest.Call(Syscall.OsfOldAdjtimex, _guest.Alloc(200)) >= 0);
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.OsfGetrusage, 1, buffer));
        Assert.Equal(0, _guest.Call(Syscall.OsfGetrusage, 0, buffer));
    }

    [Fact]
    public void DirectoriesAreReadInOsfsRecords()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-alpha-");
        try
        {
            string[] names = [".", "..", "a", "four", new string('n', 200)];
            foreach (var name in names[2..])
            {
                File.WriteAllText(Path.Combine(folder.FullName, name), "");
            }

            var open = (ulong)_guest.Call(Syscall.Open, _guest.Text(folder.FullName), 0);
            var (buffer, position) = (_guest.Alloc(4096), _guest.Alloc(8));
            foreach (var room in new ulong[] { 4096, 212 })
            {
                List<string> seen = [];
                List<long> starts = [];
                Assert.Equal(0, _guest.Call(Syscall.Lseek, open, 0, 0));
                long got;
                for (; (got = _guest.Call(Syscall.OsfGetdirentries, open, buffer, room, position)) > 0; starts.Add(_guest.Read<long>(position)))
                {
                    for (var at = buffer; at < buffer + (ulong)got; at += _guest.Read<ushort>(at + 4))
                    {
                        var name = System.Text.Encoding.ASCII.GetString(_guest.Read(at + 8, _guest.Read<ushort>(at + 6)));
                        Assert.Equal(((8 + name.Length + 4) & ~3, 0), (_guest.Read<ushort>(at + 4), _guest.Read<byte>(at + 8 + (ulong)name.Length)));
                        Assert.NotEqual(0U, _guest.Read<uint>(at));
                        seen.Add(name);
                    }
                }

                Assert.Equal(0, got);
                Assert.Equal(names, seen.Order(StringComparer.Ordinal));
                Assert.Equal(0, starts[0]);
                Assert.Equal(starts.Count, starts.Distinct().Count());
                Assert.Equal(room == 212, starts.Count > 1);
            }

            Assert.Equal(0, _guest.Call(Syscall.Lseek, open, 0, 0));
            Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.OsfGetdirentries, open, buffer, 11, 0));
            Assert.Equal(-Errno.EFAULT, _guest.Call(Syscall.OsfGetdirentries, open, 8, 4096, 0));
            Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.OsfGetdirentries, 999, buffer, 4096, 0));
            var file = (ulong)_guest.Call(Syscall.Open, _guest.Text("/etc/passwd"), 0);
            Assert.Equal(-Errno.ENOTDIR, _guest.Call(Syscall.OsfGetdirentries, file, buffer, 4096, 0));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void OldSelectTellsNoTimeLeftAndOldUmountHasNoFlags()
    {
        var time = _guest.Alloc(8);
        _guest.Write(time, (0, 2000));
        Assert.Equal(0, _guest.Call(Syscall.OsfSelect, 0, 0, 0, 0, time));
        Assert.Equal((0, 2000), _guest.Read<(int, int)>(time));
        var set = _guest.Alloc(8);
        _guest.Write(set, 1UL << 40);
        Assert.Equal(-Errno.EBADF, _guest.Call(Syscall.OsfSelect, 41, set, 0, 0, time));

        // Flags that umount2(2) refuses before it looks for the path.
        Assert.Equal(-Errno.ENOENT, _guest.Call(Syscall.OsfOldumount, _guest.Text("/nowhere/at/all"), 0xFFFF));
    }

    [Fact]
    public void FileSystemTypesAndDevicesAreTheHosts()
    {
        var name = _guest.Alloc(64);
        var index = _guest.Call(Syscall.Sysfs, 1, _guest.Text("proc"));
        Assert.True(index >= 0);
        Assert.Equal(0, _guest.Call(Syscall.Sysfs, 2, (ulong)index, name));
        Assert.Equal("proc\0"u8.ToArray(), _guest.Read(name, 5));
        Assert.True(_guest.Call(Syscall.Sysfs, 3) > index);
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Sysfs, 1, _guest.Text("no such type")));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Sysfs, 4));

        // struct ustat: f_tfree, f_tinode, then the names; /proc's device has no blocks and no inodes.
        var stat = _guest.Alloc(136);
        Assert.Equal(0, _guest.Call(Syscall.Stat, _guest.Text("/proc"), stat));
        var device = _guest.Read<uint>(stat);
        var ustat = _guest.Alloc(24);
        _guest.Write(ustat, (ulong.MaxValue, ulong.MaxValue));
        _guest.Write(ustat + 16, ulong.MaxValue);
        Assert.Equal(0, _guest.Call(Syscall.Ustat, device, ustat));
        Assert.Equal((0UL, 0UL), _guest.Read<(ulong, ulong)>(ustat));
        Assert.Equal(0xFFFFFFFF00000000, _guest.Read<ulong>(ustat + 16));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Ustat, 0xFFFFF, ustat));
    }

    [Fact]
    public void TheBreakNeverPassesTheEndAndSaysSo()
    {
        var heap = (ulong)_guest.Call(Syscall.Mmap, 0, 0x2000, 3, 0x12, ulong.MaxValue, 0) + 0x10_0000_0000;
        (_guest.Process.Break.Start, _guest.Process.Break.Current) = (heap, heap);
        Assert.Equal((long)heap, _guest.Call(Syscall.OsfBrk, 0));
        Assert.Equal((long)heap + 5, _guest.Call(Syscall.OsfBrk, heap + 5));
        foreach (var wanted in new[] { ulong.MaxValue, ulong.MaxValue - 0x1FFF, 1UL << 62, heap - 1 })
        {
            Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.OsfBrk, wanted));
            Assert.Equal((long)heap + 5, _guest.Call(Syscall.Brk, wanted));
        }

        Assert.NotNull(_guest.Process.Machine.Memory.Find(_guest.Data));
        Assert.NotNull(_guest.Process.Machine.Memory.Find(heap));
    }

    [Fact]
    public void EveryPairOfAlignmentSettingsCounts()
    {
        var pairs = _guest.Alloc(16);
        _guest.Write(pairs, (6U, 1U));
        _guest.Write(pairs + 8, (6U, 2U));
        Assert.Equal(0, _guest.Call(Syscall.OsfSetsysinfo, 1, pairs, 2));
        Assert.Equal(2UL, _guest.Thread.Vcpu.GetRegister("UAC"));
        _guest.Write(pairs, (7U, 1U));
        Assert.Equal(-Errno.EOPNOTSUPP, _guest.Call(Syscall.OsfSetsysinfo, 1, pairs, 1));
    }

    [Fact]
    public void SynchronizingAndLockingHaveAlphasFlags()
    {
        var page = (ulong)_guest.Call(Syscall.Mmap, 0, 0x2000, 3, 0x12, ulong.MaxValue, 0);

        // MS_ASYNC 1 with MS_SYNC 2 contradict each other; MS_INVALIDATE is 4.
        Assert.Equal(0, _guest.Call(Syscall.Msync, page, 0x2000, 2));
        Assert.Equal(0, _guest.Call(Syscall.Msync, page, 0x2000, 5));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Msync, page, 0x2000, 3));
        Assert.Equal(-Errno.ENOMEM, _guest.Call(Syscall.Msync, 0x4000_0000, 0x2000, 2));

        // MCL_CURRENT 8192, MCL_FUTURE 16384, MCL_ONFAULT 32768.
        Assert.Equal(0, _guest.Call(Syscall.Mlockall, 8192 | 16384));
        foreach (var flags in new ulong[] { 0, 1, 32768, 8192 | 1 << 20 })
        {
            Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mlockall, flags));
        }
    }

    [Fact]
    public void ASharedMappingFollowsItsFilePastATouchedEnd()
    {
        var name = _guest.Text($"/tmp/dragoman-alpha-{Guid.NewGuid():N}");
        var file = (ulong)_guest.Call(Syscall.Open, name, 0x202, 0x1A4);
        Assert.Equal(0, _guest.Call(Syscall.Unlink, name));
        Assert.Equal(0, _guest.Call(Syscall.Ftruncate, file, 100));
        var map = (ulong)_guest.Call(Syscall.Mmap, 0, 0x2000, 3, 1, file, 0);
        Assert.Equal(0, _guest.Read<byte>(map + 0x1400));
        _guest.Write(map + 0x1401, (byte)1);
        Assert.True(_guest.Process.Machine.Memory.HasFileEnds);
        _guest.Process.FollowFiles();
        Assert.Equal(1, _guest.Read<byte>(map + 0x1401));

        Assert.Equal(4, _guest.Call(Syscall.Pwrite64, file, _guest.Text("x"), 4, 0x1400));
        _guest.Process.FollowFiles();
        Assert.False(_guest.Process.Machine.Memory.HasFileEnds);
        Assert.Equal(('x', 0), ((char)_guest.Read<byte>(map + 0x1400), _guest.Read<byte>(map + 0x1401)));
        _guest.Write(map + 0x1402, (byte)'y');
        var copy = _guest.Alloc(1);
        Assert.Equal(1, _guest.Call(Syscall.Pread64, file, copy, 1, 0x1402));
        Assert.Equal((byte)'y', _guest.Read<byte>(copy));
    }

    [Fact]
    public void MasksAreValuesAndOperationsStartAtOne()
    {
        // SIGUSR1 is 30, SIGCHLD 20.
        const ulong Usr1 = 1UL << 29, Chld = 1UL << 19;
        var set = _guest.Bytes(BitConverter.GetBytes(Usr1));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.RtSigprocmask, 0, set, 0, 8));
        Assert.Equal(0, _guest.Call(Syscall.RtSigprocmask, 1, set, 0, 8));
        Assert.Equal(1UL << 9, _guest.Thread.Mask);
        Assert.Equal(Errno.NoResultValue, _guest.Call(Syscall.OsfSigprocmask, 3, Chld));
        Assert.Equal((Usr1, 0UL), (_guest.Thread.Vcpu.GetRegister("R0"), _guest.Thread.Vcpu.GetRegister("R19")));
        Assert.Equal(1UL << 16, _guest.Thread.Mask);
        Assert.Equal(0, _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, 20));
        var pending = _guest.Alloc(8);
        Assert.Equal(0, _guest.Call(Syscall.OsfSigpending, pending));
        Assert.Equal(Chld, _guest.Read<ulong>(pending));
        Assert.Equal(20, _guest.Call(Syscall.RtSigtimedwait, _guest.Bytes(BitConverter.GetBytes(Chld)), 0, 0, 8));
    }

    [Fact]
    public void DispositionsKeepTheirFlagsAndRestorer()
    {
        var action = _guest.Alloc(24);
        _guest.Write(action, 0x1234000UL);
        _guest.Write(action + 8, 0x42U);
        _guest.Write(action + 16, 1UL << 29);
        Assert.Equal(0, _guest.Call(Syscall.RtSigaction, 31, action, 0, 8, 0x5000));
        var kept = _guest.Process.Signals[12];
        Assert.Equal((0x1234000UL, 0x14000004UL, 0x5000UL, 1UL << 9), (kept.Handler, kept.Flags, kept.Restorer, kept.Mask));
        var old = _guest.Alloc(24);
        Assert.Equal(0, _guest.Call(Syscall.RtSigaction, 31, 0, old, 8, 0));
        Assert.Equal(_guest.Read(action, 24), _guest.Read(old, 24));
    }

    [Fact]
    public void FloatingPointControlIsFpcrSeenOtherwise()
    {
        var word = _guest.Alloc(8);
        _guest.Write(word, 0x20002UL);
        Assert.Equal(0, _guest.Call(Syscall.OsfSetsysinfo, 14, word, 8, 0, 0, 0));

        // IEEE_TRAP_ENABLE_INV clears FPCR's INVD (49), IEEE_STATUS_INV sets INV (52) and the summary.
        Assert.Equal((1UL << 63) | (1UL << 52) | (6UL << 49) | (3UL << 61), _guest.Thread.Vcpu.GetRegister("FPCR"));
        _guest.Write(word, 0UL);
        Assert.Equal(0, _guest.Call(Syscall.OsfGetsysinfo, 45, word, 8, 0, 0, 0));
        Assert.Equal(0x20002UL, _guest.Read<ulong>(word));
        Assert.Equal(-Errno.EOPNOTSUPP, _guest.Call(Syscall.OsfGetsysinfo, 999, word, 8, 0, 0, 0));
    }

    [Fact]
    public void LimitsHaveTheirOwnNumbersAndInfinity()
    {
        var limit = _guest.Alloc(16);
        _guest.Write(limit, (100UL, 200UL));
        Assert.Equal(0, _guest.Call(Syscall.Setrlimit, 6, limit));
        Assert.Equal(100, _guest.Process.Files.Limit);

        // RLIMIT_AS.
        _guest.Write(limit, ((ulong)long.MaxValue, (ulong)long.MaxValue));
        Assert.Equal(0, _guest.Call(Syscall.Setrlimit, 7, limit));
        Assert.Equal(0, _guest.Call(Syscall.Prlimit64, 0, 7, 0, limit));
        Assert.Equal(ulong.MaxValue, _guest.Read<ulong>(limit));
        Assert.Equal(0, _guest.Call(Syscall.Getrlimit, 7, limit));
        Assert.Equal((ulong)long.MaxValue, _guest.Read<ulong>(limit + 8));
    }

    [Fact]
    public void SocketsHaveTheirOwnFlagsLevelAndOptions()
    {
        // SOCK_STREAM | SOCK_NONBLOCK; SOL_SOCKET, SO_TYPE.
        var pair = _guest.Alloc(8);
        Assert.Equal(0, _guest.Call(Syscall.Socketpair, 1, 0x40000001, 0, pair));
        ulong socket = _guest.Read<uint>(pair);
        Assert.Equal(4, _guest.Call(Syscall.Fcntl, socket, 3, 0) & 4);
        var (value, length) = (_guest.Alloc(4), _guest.Bytes([4, 0, 0, 0]));
        Assert.Equal(0, _guest.Call(Syscall.Getsockopt, socket, 0xFFFF, 0x1008, value, length));
        Assert.Equal(1, _guest.Read<int>(value));
        Assert.Equal(-Errno.ENOPROTOOPT, _guest.Call(Syscall.Getsockopt, socket, 1, 3, value, length));
        Assert.Equal(-Errno.EAGAIN, _guest.Call(Syscall.Recv, socket, _guest.Alloc(8), 8, 0));
    }

    [Fact]
    public void PagesAreOfEightKilobytes()
    {
        const ulong Anonymous = 0x12, Fixed = 0x100, NoReplace = 0x200000, None = ulong.MaxValue;
        var at = (ulong)_guest.Call(Syscall.Mmap, 0, 1, 3, Anonymous, None, 0);
        Assert.Equal(0UL, at & 0x1FFF);
        Assert.NotNull(_guest.Process.Machine.Memory.Find(at + 0x1FFF));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mmap, at + 0x1000, 0x1000, 3, Anonymous | Fixed, None, 0));
        Assert.Equal(-Errno.EEXIST, _guest.Call(Syscall.Mmap, at, 0x2000, 3, Anonymous | NoReplace, None, 0));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mprotect, at + 0x1000, 0x1000, 1));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Madvise, at + 0x1000, 0x1000, 6));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Munmap, at + 0x1000, 0x1000));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mincore, at + 0x1000, 0x1000, _guest.Alloc(8)));
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mremap, at + 0x1000, 0x1000, 0x2000, 1, 0));
        Assert.Equal(0, _guest.Call(Syscall.Mprotect, at, 1, 1));
        Assert.Equal(GuestProtection.Read, _guest.Process.Machine.Memory.Find(at + 0x1FFF)!.Protection);
        var zero = (ulong)_guest.Call(Syscall.Open, _guest.Text("/etc/passwd"), 0);
        Assert.Equal(-Errno.EINVAL, _guest.Call(Syscall.Mmap, 0, 1, 1, 2, zero, 0x1000));
    }
}
