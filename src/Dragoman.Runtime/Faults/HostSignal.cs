using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Faults;

/// <summary>The host's signal numbers and sigaction(2), as Linux on x86-64 has them.</summary>
internal static unsafe partial class HostSignal
{
    public const int Ill = 4;
    public const int Trap = 5;
    public const int Bus = 7;
    public const int Fpe = 8;
    public const int Segv = 11;
    public const int SegvMapErr = 1;
    public const int SegvAccErr = 2;
    public const int BusAdrErr = 2;

    /// <summary>si_code of a fault that the kernel gives no address for (a general protection fault).</summary>
    public const int FromKernel = 128;

    /// <summary>struct sigaction of glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Action
    {
        public nint Handler;
        public fixed ulong Mask[16];
        public int Flags;
        public nint Restorer;
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SetAction(int signal, Action* action, Action* old);
}
