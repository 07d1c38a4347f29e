using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>siginfo_t in the guest's layout.</summary>
internal static class GuestSignalInfo
{
    /// <summary>With the guest's numbers and in its layout.</summary>
    public static SignalInfo Of(LinuxThread thread, in SignalInfo info)
    {
        var guest = info.ToGuest(thread.Process.Abi.Numbers);
        return WordStructure.IsNative(thread) ? guest : guest.ToNarrow();
    }

    /// <summary>Reads what a guest has queued; false for EFAULT.</summary>
    public static bool TryRead(LinuxThread thread, ulong address, out SignalInfo info)
    {
        var read = thread.Process.Memory.TryRead(address, out info);
        info = WordStructure.IsNative(thread) ? info : info.ToWide();
        return read;
    }
}
