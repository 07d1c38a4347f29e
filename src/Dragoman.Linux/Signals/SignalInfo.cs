using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dragoman.Linux.Abi;

namespace Dragoman.Linux.Signals;

/// <summary>siginfo_t of 64-bit Linux, with this room's signal numbers. The guest's own is made of it when it is delivered.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SignalInfo
{
    public const int SiUser = 0;
    public const int SiKernel = 0x80;
    public const int SiQueue = -1;
    public const int SiTimer = -2;
    public const int SiTkill = -6;

    [FieldOffset(0)] public int Number;
    [FieldOffset(4)] public int Error;
    [FieldOffset(8)] public int Code;

    /// <summary>si_addr of a fault.</summary>
    [FieldOffset(16)] public ulong Address;

    /// <summary>si_pid of kill, sigqueue and SIGCHLD; si_timerid of a timer.</summary>
    [FieldOffset(16)] public int Process;

    /// <summary>si_uid of kill, sigqueue and SIGCHLD; si_overrun of a timer.</summary>
    [FieldOffset(20)] public uint User;

    /// <summary>si_value of sigqueue and timers.</summary>
    [FieldOffset(24)] public ulong Value;

    /// <summary>si_status of SIGCHLD.</summary>
    [FieldOffset(24)] public int Status;

    /// <summary>si_utime and si_stime of SIGCHLD, in clock ticks.</summary>
    [FieldOffset(32)] public long UserTime;
    [FieldOffset(40)] public long SystemTime;

    /// <summary>All 128 bytes.</summary>
    [UnscopedRef]
    public Span<byte> Bytes => MemoryMarshal.AsBytes(new Span<SignalInfo>(ref this));

    /// <summary>The same with a guest's signal numbers, also in the status of a child that a signal stopped or ended, and with its clock ticks.</summary>
    public readonly SignalInfo ToGuest(LinuxNumbers numbers)
    {
        const int Exited = 1, HostTicks = 100;
        var copy = this;
        copy.Number = numbers.Signals.ToGuest(Number);
        if (Number == SignalNumbers.Chld && Code > Exited)
        {
            copy.Status = numbers.Signals.ToGuest(SignalNumbers.ToGuest(Status));
        }

        if (Number == SignalNumbers.Chld && Code >= Exited && numbers.ClockTicks != HostTicks)
        {
            copy.UserTime = UserTime * numbers.ClockTicks / HostTicks;
            copy.SystemTime = SystemTime * numbers.ClockTicks / HostTicks;
        }

        return copy;
    }

    /// <summary>
    /// The structure as a guest of 32 bits has it: the members after si_code follow it at once, and pointers and words are 4 bytes
    /// (include/linux/compat.h, struct compat_siginfo).
    /// </summary>
    public readonly SignalInfo ToNarrow()
    {
        var wide = this;
        SignalInfo narrow = default;
        (narrow.Number, narrow.Error, narrow.Code) = (Number, Error, Code);
        ReadOnlySpan<(int From, int To)> words = Number switch
        {
            SignalNumbers.Segv or SignalNumbers.Bus or SignalNumbers.Ill or SignalNumbers.Fpe or SignalNumbers.Trap when Code > 0 => [(16, 12)],
            SignalNumbers.Sys when Code > 0 => [(16, 12), (24, 16), (28, 20)],
            SignalNumbers.Chld when Code > 0 => [(16, 12), (20, 16), (24, 20), (32, 24), (40, 28)],
            SignalNumbers.Io when Code > 0 => [(16, 12), (24, 16)],
            _ => [(16, 12), (20, 16), (24, 20)],
        };
        foreach (var (from, to) in words)
        {
            wide.Bytes.Slice(from, sizeof(int)).CopyTo(narrow.Bytes[to..]);
        }

        return narrow;
    }

    /// <summary>The structure of what a 32-bit guest has queued: process, user and value.</summary>
    public readonly SignalInfo ToWide()
    {
        var narrow = this;
        SignalInfo wide = default;
        (wide.Number, wide.Error, wide.Code) = (Number, Error, Code);
        narrow.Bytes.Slice(12, 12).CopyTo(wide.Bytes[16..]);
        return wide;
    }

    /// <summary>A fault at an address.</summary>
    public static SignalInfo Fault(int number, int code, ulong address) => new() { Number = number, Code = code, Address = address };

    /// <summary>A signal sent by kill or tgkill from a process.</summary>
    public static SignalInfo Sent(int number, int code, int process, uint user) =>
        new() { Number = number, Code = code, Process = process, User = user };
}
