using System.Runtime.InteropServices;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Signals;

/// <summary>
/// A signalfd: one end of a socket pair is the guest's descriptor, and blocked signals of the set are put into the other as records when they
/// arrive. They are taken out of the pending set then, not when they are read: a guest that both reads a signalfd and waits for the same
/// signals otherwise sees them in the file first. Guarded by the signal lock.
/// </summary>
internal sealed unsafe class SignalFile
{
    private const int RecordSize = 128;
    private const int NoSignalDontWait = 0x4000 | 0x40;

    private readonly LinuxNumbers _numbers;

    private SignalFile(int reader, int writer, ulong mask, LinuxNumbers numbers)
    {
        _numbers = numbers;
        Reader = reader;
        Writer = writer;
        Mask = mask;
    }

    /// <summary>Host descriptor that the guest reads.</summary>
    public int Reader { get; }

    /// <summary>Signals that go to the file.</summary>
    public ulong Mask { get; set; }

    private int Writer { get; }

    /// <summary>Makes one: the file, or null with a negated errno.</summary>
    public static SignalFile? Create(ulong mask, LinuxNumbers numbers, bool closeOnExec, bool nonBlocking, out long error)
    {
        const int Unix = 1, SeqPacket = 5, NonBlock = 0x800, CloseOnExec = 0x80000;
        var pair = stackalloc int[2];
        error = HostCall.Invoke(Syscall.Socketpair, Unix, SeqPacket | CloseOnExec, 0, (nint)pair);
        if (error < 0)
        {
            return null;
        }

        if (nonBlocking)
        {
            HostCall.Invoke(Syscall.Fcntl, pair[0], 4, NonBlock);
        }

        if (!closeOnExec)
        {
            HostCall.Invoke(Syscall.Fcntl, pair[0], 2, 0);
        }

        return new SignalFile(pair[0], pair[1], mask, numbers);
    }

    /// <summary>Puts a signal into the file. False when it is full or nobody holds its other end any more.</summary>
    public bool Put(in SignalInfo info, out bool isClosed)
    {
        // struct signalfd_siginfo.
        var record = stackalloc byte[RecordSize];
        new Span<byte>(record, RecordSize).Clear();
        var copy = info.ToGuest(_numbers);
        var words = MemoryMarshal.Cast<byte, int>(copy.Bytes);
        var target = (int*)record;
        target[0] = copy.Number;
        target[1] = words[1];
        target[2] = words[2];
        if (info.Number == SignalNumbers.Chld)
        {
            (target[3], target[4], target[10]) = (info.Process, (int)info.User, copy.Status);
        }
        else if (info.Code == SignalInfo.SiTimer)
        {
            (target[6], target[8], target[11]) = (info.Process, (int)info.User, (int)info.Value);
            *(ulong*)(record + 48) = info.Value;
        }
        else
        {
            (target[3], target[4], target[11]) = (info.Process, (int)info.User, (int)info.Value);
            *(ulong*)(record + 48) = info.Value;
        }

        var result = HostCall.Invoke(Syscall.Sendto, Writer, (nint)record, RecordSize, NoSignalDontWait);
        isClosed = result is -Errno.EPIPE or -Errno.ECONNRESET;
        return result == RecordSize;
    }

    /// <summary>Closes the writing end when the guest has closed its own.</summary>
    public void Close() => HostCall.Invoke(Syscall.Close, Writer);
}
