using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>A C <c>long</c> or pointer in guest memory: as wide as the guest's words are.</summary>
internal static class GuestWord
{
    /// <summary>Reads one, zero-extended; false for EFAULT.</summary>
    public static bool TryRead(LinuxThread thread, ulong address, out ulong value)
    {
        if (thread.Process.Abi.Layouts.WordSize == 8)
        {
            return thread.Process.Memory.TryRead(address, out value);
        }

        var read = thread.Process.Memory.TryRead(address, out uint narrow);
        value = narrow;
        return read;
    }

    /// <summary>Reads two that follow each other, as struct rlimit and many others have them; false for EFAULT.</summary>
    public static bool TryReadPair(LinuxThread thread, ulong address, out (ulong First, ulong Second) pair)
    {
        pair = default;
        return TryRead(thread, address, out pair.First) && TryRead(thread, address + (ulong)thread.Process.Abi.Layouts.WordSize, out pair.Second);
    }

    /// <summary>Writes the low bytes of one; false for EFAULT.</summary>
    public static bool TryWrite(LinuxThread thread, ulong address, ulong value) =>
        thread.Process.Abi.Layouts.WordSize == 8
            ? thread.Process.Memory.TryWrite(address, value)
            : thread.Process.Memory.TryWrite(address, (uint)value);

    /// <summary>Writes the low bytes of two that follow each other; false for EFAULT.</summary>
    public static bool TryWritePair(LinuxThread thread, ulong address, (ulong First, ulong Second) pair) =>
        TryWrite(thread, address, pair.First) && TryWrite(thread, address + (ulong)thread.Process.Abi.Layouts.WordSize, pair.Second);
}
