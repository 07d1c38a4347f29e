using System.Runtime.InteropServices;

namespace Dragoman.Linux.Abi;

/// <summary>The structures that differ between guests, as one table. A guest's folder holds its instance.</summary>
/// <param name="WordSize">Bytes of a <c>long</c> and of a pointer.</param>
/// <param name="Stat">What newfstatat, fstat (and stat, lstat) fill in.</param>
/// <param name="Stat64">What stat64, lstat64, fstat64 and fstatat64 fill in; null for a guest without them.</param>
/// <param name="FileSystem">What statfs and fstatfs fill in.</param>
/// <param name="FileSystem64">What statfs64 and fstatfs64 fill in; null for a guest without them.</param>
/// <param name="Timespec">struct timespec of the calls without <c>_time64</c>; timeval has the same shape with microseconds.</param>
/// <param name="IoVector">struct iovec.</param>
/// <param name="MessageHeader">struct msghdr.</param>
/// <param name="SignalAction">The kernel's struct sigaction (not libc's).</param>
/// <param name="SignalStack">stack_t.</param>
/// <param name="EpollEvent">struct epoll_event.</param>
/// <param name="FileLock">struct flock.</param>
/// <param name="FileLock64">struct flock64, of the commands with 64-bit offsets; null for a guest without them.</param>
/// <param name="SemaphoreSet">struct semid64_ds of a 64-bit guest; null for asm-generic's.</param>
public sealed record LinuxLayouts(
    int WordSize,
    StatLayout Stat,
    StatLayout? Stat64,
    FileSystemLayout FileSystem,
    FileSystemLayout? FileSystem64,
    TimespecLayout Timespec,
    IoVectorLayout IoVector,
    MessageHeaderLayout MessageHeader,
    SignalActionLayout SignalAction,
    SignalStackLayout SignalStack,
    EpollEventLayout EpollEvent,
    FileLockLayout FileLock,
    FileLockLayout? FileLock64 = null,
    SemaphoreSetLayout? SemaphoreSet = null);

/// <summary>
/// struct stat. <c>ShortInode</c> is what older programs took for the inode of a stat64, <c>OldRawDevice</c> what OSF/1's have beside st_rdev. With
/// <c>CutsShort</c> a number that is too large is no error.
/// </summary>
public sealed record StatLayout(
    int Size,
    Field Device,
    Field Inode,
    Field Mode,
    Field Links,
    Field User,
    Field Group,
    Field RawDevice,
    Field Length,
    Field BlockSize,
    Field Blocks,
    Field AccessSeconds,
    Field AccessNanoseconds,
    Field ModifySeconds,
    Field ModifyNanoseconds,
    Field ChangeSeconds,
    Field ChangeNanoseconds,
    Field ShortInode = default,
    Field OldRawDevice = default,
    int NanosecondsPerFraction = 1,
    bool CutsShort = false);

/// <summary>struct statfs.</summary>
public sealed record FileSystemLayout(
    int Size,
    Field Type,
    Field BlockSize,
    Field Blocks,
    Field FreeBlocks,
    Field AvailableBlocks,
    Field Files,
    Field FreeFiles,
    Field Id,
    Field NameLength,
    Field FragmentSize,
    Field Flags);

/// <summary>struct timespec (or timeval).</summary>
public sealed record TimespecLayout(int Size, Field Seconds, Field Fraction)
{
    /// <summary>struct __kernel_timespec of a 32-bit guest: the upper half of the nanoseconds is padding, which the kernel does not look at.</summary>
    public static readonly TimespecLayout Wide = new(16, new(0, 8), new(8, 4));
}

/// <summary>struct iovec.</summary>
public sealed record IoVectorLayout(int Size, Field Base, Field Length);

/// <summary>struct msghdr.</summary>
public sealed record MessageHeaderLayout(
    int Size, Field Name, Field NameLength, Field Vector, Field VectorCount, Field Control, Field ControlLength, Field Flags);

/// <summary>struct sigaction as rt_sigaction takes it.</summary>
public sealed record SignalActionLayout(int Size, Field Handler, Field Flags, Field Restorer, Field Mask);

/// <summary>stack_t.</summary>
public sealed record SignalStackLayout(int Size, Field Pointer, Field Flags, Field Length);

/// <summary>struct epoll_event: packed on x86-64 only.</summary>
public sealed record EpollEventLayout(int Size, Field Events, Field Data);

/// <summary>struct flock.</summary>
public sealed record FileLockLayout(int Size, Field Type, Field Whence, Field Start, Field Length, Field Process);

/// <summary>struct semid64_ds of 64-bit machines, behind its struct ipc64_perm, which all have alike.</summary>
public sealed record SemaphoreSetLayout(int Size, Field Used, Field Changed, Field Count)
{
    /// <summary>asm-generic's.</summary>
    public static readonly SemaphoreSetLayout Generic = new(88, new(48, 8), new(56, 8), new(64, 8));

    /// <summary>x86's, with an unused word behind each time (arch/x86/include/uapi/asm/sembuf.h).</summary>
    public static readonly SemaphoreSetLayout X86 = new(104, new(48, 8), new(64, 8), new(80, 8));

    /// <summary>The host's.</summary>
    public static readonly SemaphoreSetLayout Host = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? X86 : Generic;
}
