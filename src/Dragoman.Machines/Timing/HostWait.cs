using System.Runtime.InteropServices;

namespace Dragoman.Machines.Timing;

/// <summary>A wait of the host with nanoseconds, which .NET's waits (whole milliseconds) do not offer: an eventfd and ppoll.</summary>
internal sealed unsafe partial class HostWait : IDisposable
{
    private const int CloseOnExec = 0x80000, NonBlocking = 0x800;

    private const short PollIn = 1;

    private readonly int _event = eventfd(0, CloseOnExec | NonBlocking);

    /// <summary>Ends a wait that is under way, or the next. Any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = write(_event, &one, sizeof(ulong));
    }

    /// <summary>Waits until <see cref="Wake"/> or the end of a time.</summary>
    /// <param name="nanoseconds">The time; null: for ever.</param>
    public void Wait(ulong? nanoseconds)
    {
        var poll = new PollDescriptor { Descriptor = _event, Events = PollIn };
        var time = new HostTime { Seconds = (long)(nanoseconds.GetValueOrDefault() / 1_000_000_000), Nanoseconds = (long)(nanoseconds.GetValueOrDefault() % 1_000_000_000) };
        _ = ppoll(&poll, 1, nanoseconds is null ? null : &time, null);
        ulong count;
        _ = read(_event, &count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = close(_event);

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial int ppoll(PollDescriptor* descriptors, nuint count, HostTime* timeout, void* mask);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    private struct HostTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
