using System.Diagnostics;
using System.Runtime.InteropServices;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// A vCPU's wait for an event, outside execution (Arm ARM, DDI 0487, D1.6.1): until the event register is set, somebody wants something of the vCPU, the time that the guest
/// gives it is over, or what its last load-exclusive read has changed, which clears the global monitor (B2.12).
/// </summary>
/// <remarks>
/// A store does not tell anybody: the vCPU that has a reservation looks at the value again, at first at once, then after sleeps. A value that comes back is not noticed; the wait ends
/// by its time. It may end early in any case.
/// </remarks>
internal sealed unsafe class EventWait(SystemEngine engine, SystemVcpu vcpu)
{
    // In nanoseconds. A lock is mostly held for less than the first; the second is what a sleep costs many times over; after the last a wait ends, since there is software that never
    // ran where waiting for an event does anything.
    private const long LookAtOnce = 20_000, LookAgain = 100_000, Longest = 10_000_000;

    private const long Millisecond = 1_000_000;

    /// <summary>Waits, and clears the event register.</summary>
    public void Wait()
    {
        if (!vcpu.TryTakeEvent())
        {
            var longest = Math.Min(engine.SystemGuest.NextTimedEvent(vcpu) ?? Longest, Longest);
            if (vcpu.Header->ExclusiveAddress == ulong.MaxValue && longest >= Millisecond)
            {
                SleepUntilWoken((int)(longest / Millisecond));
            }
            else
            {
                Watch(longest);
            }

            _ = vcpu.TryTakeEvent();
        }
    }

    private bool IsOver => vcpu.HasEvent || Volatile.Read(ref vcpu.Header->PollWord) != 0 || engine.IsStopping;

    private void SleepUntilWoken(int milliseconds)
    {
        vcpu.SetSleeps(true);
        engine.Scheduler.WaitWhileHalted(vcpu, () => IsOver, milliseconds);
        vcpu.SetSleeps(false);
    }

    private void Watch(long longest)
    {
        var start = Stopwatch.GetTimestamp();
        while (!IsOver && !HasReservedChanged())
        {
            var passed = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            if (passed >= longest)
            {
                return;
            }

            if (passed < LookAtOnce && !engine.Scheduler.IsCrowded)
            {
                Thread.SpinWait(20);
            }
            else
            {
                HostSleep.Nanoseconds(Math.Min(LookAgain, longest - passed));
            }
        }
    }

    // Whether the bytes that the last load-exclusive read are others now, or cannot be read any more.
    private bool HasReservedChanged()
    {
        var header = vcpu.Header;
        if (header->ExclusiveAddress == ulong.MaxValue)
        {
            return false;
        }

        Span<ulong> now = stackalloc ulong[2];
        now.Clear();
        ReadOnlySpan<ulong> then = [header->ExclusiveValue0, header->ExclusiveValue1];
        var bytes = MemoryMarshal.AsBytes(now)[..header->ExclusiveSize];
        return !vcpu.TryReadMemory(header->ExclusiveAddress, bytes) || !bytes.SequenceEqual(MemoryMarshal.AsBytes(then)[..bytes.Length]);
    }
}
