using System.Runtime.InteropServices;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>poll and select. Never restarted after a handler; begun again with the time that is left when an interruption was none for the guest.</summary>
internal static unsafe class PollCalls
{
    private const int SelectLimit = 65536;
    private const short PollNval = 0x20;
    private const short PollIn = 1, PollPri = 2, PollOut = 4, PollErr = 8, PollHup = 16;

    public static long PPoll(LinuxThread thread, ulong array, uint count, ulong timeAddress, ulong maskAddress, ulong maskSize)
    {
        long? wait = null;
        if (timeAddress != 0)
        {
            if (TimeCalls.ReadTime(thread, timeAddress, out var seconds, out var nanoseconds) is < 0 and var error)
            {
                return error;
            }

            wait = TimeCalls.ToNanoseconds(seconds, nanoseconds);
        }

        if (SwapMask(thread, maskAddress, maskSize) is < 0 and var maskError)
        {
            return maskError;
        }

        var deadline = new Deadline(wait);
        var result = Wait(thread, array, count, deadline);
        if (timeAddress != 0)
        {
            // The kernel stores the time that is left; that it cannot is no error.
            TimeCalls.WriteTime(thread, timeAddress, deadline.Left);
        }

        return Finish(thread, result);
    }

    public static long Poll(LinuxThread thread, ulong array, uint count, int milliseconds) =>
        Finish(thread, Wait(thread, array, count, new Deadline(milliseconds < 0 ? null : milliseconds * 1_000_000L)));

    /// <summary>pselect6, carried out as a poll so that descriptor numbers can be translated.</summary>
    public static long Select(LinuxThread thread, int count, ulong read, ulong write, ulong except, ulong timeAddress, ulong maskArgument)
    {
        long? wait = null;
        if (timeAddress != 0)
        {
            if (TimeCalls.ReadTime(thread, timeAddress, out var seconds, out var nanoseconds) is < 0 and var error)
            {
                return error;
            }

            wait = TimeCalls.ToNanoseconds(seconds, nanoseconds);
        }

        ulong mask = 0, maskSize = 0;
        if (maskArgument != 0)
        {
            if (!GuestWord.TryReadPair(thread, maskArgument, out var pair))
            {
                return -Errno.EFAULT;
            }

            (mask, maskSize) = pair;
        }

        var deadline = new Deadline(wait);
        var result = Select(thread, count, [read, write, except], deadline, mask, maskSize);
        if (timeAddress != 0)
        {
            TimeCalls.WriteTime(thread, timeAddress, deadline.Left);
        }

        return Finish(thread, result);
    }

    /// <summary>select, whose time is a timeval of a layout.</summary>
    public static long Select(
        LinuxThread thread, int count, ulong read, ulong write, ulong except, ulong timeAddress, TimespecLayout layout, bool tellsTimeLeft = true)
    {
        long? wait = null;
        if (timeAddress != 0)
        {
            if (TimeCalls.ReadTimeval(thread, timeAddress, layout, out var nanoseconds) is < 0 and var error)
            {
                return error;
            }

            wait = nanoseconds;
        }

        var deadline = new Deadline(wait);
        var result = Select(thread, count, [read, write, except], deadline, 0, 0);
        if (timeAddress != 0 && tellsTimeLeft)
        {
            TimeCalls.WriteTimeval(thread, timeAddress, deadline.Left, layout);
        }

        return Finish(thread, result);
    }

    private static long Select(LinuxThread thread, int count, ReadOnlySpan<ulong> addresses, in Deadline deadline, ulong mask, ulong maskSize)
    {
        if (count is < 0 or > SelectLimit)
        {
            return -Errno.EINVAL;
        }

        var bytes = (count + 63) / 64 * 8;
        var sets = new byte[3][];
        for (var i = 0; i < 3; i++)
        {
            sets[i] = new byte[bytes];
            if (addresses[i] != 0 && !thread.Process.Memory.TryRead(addresses[i], sets[i]))
            {
                return -Errno.EFAULT;
            }
        }

        var entries = Gather(thread, count, sets);
        if (entries is null)
        {
            return -Errno.EBADF;
        }

        if (SwapMask(thread, mask, maskSize) is < 0 and var maskError)
        {
            return maskError;
        }

        var result = WaitHost(thread, entries.Value.Polls, deadline);
        if (result >= 0)
        {
            result = Scatter(entries.Value.Polls, entries.Value.Numbers, sets);
            for (var i = 0; i < 3; i++)
            {
                if (addresses[i] != 0 && !thread.Process.Memory.TryWrite(addresses[i], sets[i]))
                {
                    result = -Errno.EFAULT;
                }
            }
        }

        return result;
    }

    /// <summary>Puts a guest's temporary mask in force: 0 or a negated errno. It is undone on the way back to the guest.</summary>
    public static long SwapMask(LinuxThread thread, ulong address, ulong size)
    {
        if (address == 0)
        {
            return 0;
        }

        if (size != 8)
        {
            return -Errno.EINVAL;
        }

        if (!SignalCalls.ReadSet(thread, address, out var mask))
        {
            return -Errno.EFAULT;
        }

        thread.MaskToRestore = thread.Mask;
        thread.SetMask(mask);
        return 0;
    }

    /// <summary>A call that was interrupted fails with EINTR after a handler, and is done again when none ran.</summary>
    public static long Finish(LinuxThread thread, long result)
    {
        if (result == -Errno.ERESTARTSYS)
        {
            return -Errno.ERESTARTNOHAND;
        }

        if (thread.MaskToRestore is { } mask)
        {
            // Nothing is delivered under the temporary mask once the call has a result.
            thread.MaskToRestore = null;
            thread.SetMask(mask);
        }

        return result;
    }

    private static long Wait(LinuxThread thread, ulong array, uint count, in Deadline deadline)
    {
        if (count > (uint)thread.Process.Files.Limit && count > SelectLimit)
        {
            return -Errno.EINVAL;
        }

        var polls = new PollEntry[count];
        var bytes = MemoryMarshal.AsBytes(polls.AsSpan());
        if (!thread.Process.Memory.TryRead(array, bytes))
        {
            return -Errno.EFAULT;
        }

        var invalid = 0;
        var native = new PollEntry[count];
        for (var i = 0; i < polls.Length; i++)
        {
            var guest = polls[i].Descriptor;
            var host = guest < 0 ? -1 : thread.Process.Files.ToHost(guest);
            native[i] = new PollEntry { Descriptor = host, Events = polls[i].Events };
            invalid += guest >= 0 && host < 0 ? 1 : 0;
        }

        // A bad descriptor is an answer at once: look at the others without waiting.
        var result = WaitHost(thread, native, invalid > 0 ? new Deadline(0) : deadline);
        if (result < 0)
        {
            return result;
        }

        for (var i = 0; i < polls.Length; i++)
        {
            polls[i].Returned = polls[i].Descriptor >= 0 && native[i].Descriptor < 0 ? PollNval : native[i].Returned;
        }

        return thread.Process.Memory.TryWrite(array, bytes) ? result + invalid : -Errno.EFAULT;
    }

    private static long WaitHost(LinuxThread thread, PollEntry[] polls, in Deadline deadline)
    {
        var time = stackalloc long[2];
        fixed (PollEntry* entries = polls)
        {
            while (true)
            {
                var left = deadline.IsSet ? deadline.Left : 0;
                time[0] = left / 1_000_000_000;
                time[1] = left % 1_000_000_000;
                var result = HostCall.Block(
                    thread.Attention, Syscall.Ppoll, (nint)entries, polls.Length, deadline.IsSet ? (nint)time : 0, 0, 8, 0);
                if (result is not (-Errno.EINTR or -Errno.ERESTARTSYS))
                {
                    return result;
                }

                if (thread.HasWork())
                {
                    return -Errno.ERESTARTSYS;
                }
            }
        }
    }

    /// <summary>The three sets as poll entries; null when one names a descriptor that is not open.</summary>
    private static (PollEntry[] Polls, int[] Numbers)? Gather(LinuxThread thread, int count, byte[][] sets)
    {
        var polls = new List<PollEntry>();
        var numbers = new List<int>();
        for (var number = 0; number < count; number++)
        {
            short events = 0;
            events |= (short)(IsSet(sets[0], number) ? PollIn : 0);
            events |= (short)(IsSet(sets[1], number) ? PollOut : 0);
            events |= (short)(IsSet(sets[2], number) ? PollPri : 0);
            if (events == 0)
            {
                continue;
            }

            var host = thread.Process.Files.ToHost(number);
            if (host < 0)
            {
                return null;
            }

            polls.Add(new PollEntry { Descriptor = host, Events = events });
            numbers.Add(number);
        }

        return (polls.ToArray(), numbers.ToArray());
    }

    /// <summary>Answers in the sets; returns the number of bits (fs/select.c: POLLIN_SET and its fellows).</summary>
    private static long Scatter(PollEntry[] polls, int[] numbers, byte[][] sets)
    {
        Span<short> conditions = [PollIn | PollHup | PollErr, PollOut | PollErr, PollPri];
        Span<short> asked = [PollIn, PollOut, PollPri];
        long bits = 0;
        foreach (var set in sets)
        {
            Array.Clear(set);
        }

        for (var i = 0; i < polls.Length; i++)
        {
            for (var set = 0; set < 3; set++)
            {
                if ((polls[i].Events & asked[set]) != 0 && (polls[i].Returned & conditions[set]) != 0)
                {
                    sets[set][numbers[i] / 8] |= (byte)(1 << (numbers[i] & 7));
                    bits++;
                }
            }
        }

        return bits;
    }

    private static bool IsSet(byte[] set, int number) => (set[number / 8] & (1 << (number & 7))) != 0;

    /// <summary>struct pollfd, the same everywhere.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
