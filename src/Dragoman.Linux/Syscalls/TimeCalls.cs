using System.Diagnostics;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>Sleeping, and the conversion of times.</summary>
internal static unsafe class TimeCalls
{
    private const int AbsoluteTime = 1;
    private const int Monotonic = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>nanosleep and clock_nanosleep: waits for an absolute time, so that an interruption that is none for the guest costs nothing.</summary>
    public static long Sleep(LinuxThread thread, int clock, int flags, ulong request, ulong remaining)
    {
        if (ReadTime(thread, request, out var seconds, out var nanoseconds) is < 0 and var error)
        {
            return error;
        }

        var time = stackalloc long[2] { seconds, nanoseconds };
        if ((flags & AbsoluteTime) != 0)
        {
            return thread.Block(Syscall.ClockNanosleep, clock, AbsoluteTime, (nint)time);
        }

        // CLOCK_REALTIME's relative sleeps are measured on the monotonic clock (POSIX: they are not affected by setting the clock).
        var measured = clock == 0 ? Monotonic : clock;
        var now = stackalloc long[2];
        if (HostCall.Invoke(Syscall.ClockGettime, measured, (nint)now) is < 0 and var badClock)
        {
            return badClock;
        }

        var fraction = now[1] + nanoseconds;
        time[0] = seconds > long.MaxValue - now[0] - 1 ? long.MaxValue : now[0] + seconds + (fraction / NanosecondsPerSecond);
        time[1] = fraction % NanosecondsPerSecond;
        var result = thread.Block(Syscall.ClockNanosleep, measured, AbsoluteTime, (nint)time);
        if (result != -Errno.ERESTARTSYS)
        {
            return result;
        }

        if (remaining != 0)
        {
            HostCall.Invoke(Syscall.ClockGettime, measured, (nint)now);
            var left = ((time[0] - now[0]) * NanosecondsPerSecond) + time[1] - now[1];
            if (!WriteTime(thread, remaining, Math.Max(left, 0)))
            {
                return -Errno.EFAULT;
            }
        }

        return -Errno.ERESTART_RESTARTBLOCK;
    }

    /// <summary>times(2): struct tms in the guest's ticks.</summary>
    public static long Times(LinuxThread thread, ulong address)
    {
        const int HostTicks = 100;
        var scale = thread.Process.Abi.Numbers.ClockTicks;
        var times = stackalloc long[4];
        var result = HostCall.Invoke(Syscall.Times, (nint)times);
        Span<byte> guest = stackalloc byte[4 * thread.Process.Abi.Layouts.WordSize];
        for (var i = 0; i < 4; i++)
        {
            new Field(i * thread.Process.Abi.Layouts.WordSize, thread.Process.Abi.Layouts.WordSize).Write(guest, (ulong)(times[i] * scale / HostTicks));
        }

        return address == 0 || thread.Process.Memory.TryWrite(address, guest) ? result * scale / HostTicks : -Errno.EFAULT;
    }

    public static long CreateTimer(LinuxThread thread, int clock, ulong eventAddress, ulong result)
    {
        const int NotifyOffset = 12, SignalOffset = 8, NotifyThread = 4;
        Span<byte> sigevent = stackalloc byte[64];
        sigevent.Clear();
        if (eventAddress != 0)
        {
            if (!thread.Process.Memory.TryRead(eventAddress, sigevent))
            {
                return -Errno.EFAULT;
            }

            if (thread.Process.Abi.Layouts.WordSize == sizeof(uint))
            {
                // The value is a word; what follows it is the same.
                sigevent[4..^4].CopyTo(sigevent[8..]);
                sigevent[4..8].Clear();
            }

            var signal = BitConverter.ToInt32(sigevent[SignalOffset..]);
            var notify = BitConverter.ToInt32(sigevent[NotifyOffset..]);
            if (notify is 0 or NotifyThread)
            {
                var host = SignalNumbers.ToHost(thread.Process.Abi.Numbers.Signals.ToHost(signal));
                if (host <= 0)
                {
                    return -Errno.EINVAL;
                }

                BitConverter.TryWriteBytes(sigevent[SignalOffset..], host);
            }
        }

        if (thread.Process.IsCopy)
        {
            return Errno.NeedsFreshProcess;
        }

        int id;
        thread.Process.HasTimers = true;
        fixed (byte* native = sigevent)
        {
            var made = HostCall.Invoke(Syscall.TimerCreate, clock, eventAddress == 0 ? 0 : (nint)native, (nint)(&id));
            return made < 0 ? made : thread.Process.Memory.TryWrite(result, id) ? 0 : -Errno.EFAULT;
        }
    }

    /// <summary>Reads a timespec: 0, -EFAULT or -EINVAL.</summary>
    public static long ReadTime(LinuxThread thread, ulong address, out long seconds, out long nanoseconds)
    {
        var layout = thread.Times;
        Span<byte> time = stackalloc byte[layout.Size];
        seconds = nanoseconds = 0;
        if (!thread.Process.Memory.TryRead(address, time))
        {
            return -Errno.EFAULT;
        }

        seconds = layout.Seconds.ReadSigned(time);
        nanoseconds = layout.Fraction.ReadSigned(time);
        return seconds < 0 || (ulong)nanoseconds >= NanosecondsPerSecond ? -Errno.EINVAL : 0;
    }

    /// <summary>Writes nanoseconds as a timespec.</summary>
    public static bool WriteTime(LinuxThread thread, ulong address, long nanoseconds) =>
        Write(thread, address, nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond, thread.Times);

    /// <summary>Reads a timeval: 0, -EFAULT or -EINVAL.</summary>
    public static long ReadTimeval(LinuxThread thread, ulong address, TimespecLayout layout, out long nanoseconds)
    {
        const long MicrosecondsPerSecond = 1_000_000;
        Span<byte> time = stackalloc byte[layout.Size];
        nanoseconds = 0;
        if (!thread.Process.Memory.TryRead(address, time))
        {
            return -Errno.EFAULT;
        }

        // The kernel's select takes more than a second of microseconds, and adds it to the seconds.
        var (seconds, fraction) = (layout.Seconds.ReadSigned(time), layout.Fraction.ReadSigned(time));
        if (seconds < 0 || fraction < 0)
        {
            return -Errno.EINVAL;
        }

        nanoseconds = ToNanoseconds(seconds + (fraction / MicrosecondsPerSecond), fraction % MicrosecondsPerSecond * 1000);
        return 0;
    }

    /// <summary>Writes nanoseconds as a timeval.</summary>
    public static bool WriteTimeval(LinuxThread thread, ulong address, long nanoseconds, TimespecLayout layout) =>
        Write(thread, address, nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond / 1000, layout);

    private static bool Write(LinuxThread thread, ulong address, long seconds, long fraction, TimespecLayout layout)
    {
        Span<byte> time = stackalloc byte[layout.Size];
        time.Clear();
        layout.Seconds.Write(time, (ulong)seconds);
        layout.Fraction.Write(time, (ulong)fraction);
        return thread.Process.Memory.TryWrite(address, time);
    }

    /// <summary>Nanoseconds of a time, saturated.</summary>
    public static long ToNanoseconds(long seconds, long nanoseconds) =>
        seconds >= long.MaxValue / NanosecondsPerSecond ? long.MaxValue : (seconds * NanosecondsPerSecond) + nanoseconds;

    /// <summary>The monotonic clock in nanoseconds, for deadlines.</summary>
    public static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}

/// <summary>A wait's end, kept absolute so that a wait can be begun again.</summary>
/// <param name="nanoseconds">From now; null for none.</param>
internal readonly struct Deadline(long? nanoseconds)
{
    private readonly long _end = nanoseconds is { } wait
        ? wait > long.MaxValue - TimeCalls.Now() ? long.MaxValue : TimeCalls.Now() + wait
        : -1;

    /// <summary>True when there is an end.</summary>
    public bool IsSet => _end >= 0;

    /// <summary>Nanoseconds that are left, at least 0.</summary>
    public long Left => Math.Max(0, _end - TimeCalls.Now());
}
