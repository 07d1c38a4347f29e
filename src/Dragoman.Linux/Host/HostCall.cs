using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Host;

/// <summary>
/// System calls of the host, without libc in between: results are the kernel's own, negative for an error. Any thread may call.
/// Numbers are those of <see cref="Syscall"/>, which an x86-64 host shares.
/// </summary>
internal static unsafe class HostCall
{
    private static readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint> s_plain =
        (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint>)HostStubs.Plain;

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, nint, nint, nint> s_brief =
        (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, nint, nint, nint>)HostStubs.Plain;

    private static readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int*, nint> s_blocking =
        (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int*, nint>)HostStubs.Blocking;

    /// <summary>A call that does not wait for others (or whose waiting no signal need break).</summary>
    public static long Invoke(Syscall number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0) =>
        s_plain((nint)(ushort)number, a0, a1, a2, a3, a4, a5);

    /// <summary>A call that is over in microseconds and waits for nobody, not even for a disk: the garbage collector waits for it, and .NET need not be told of it.</summary>
    public static long InvokeBrief(Syscall number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0) =>
        s_brief((nint)(ushort)number, a0, a1, a2, a3, a4, a5);

    /// <summary>
    /// A call that may wait. It is not begun when <paramref name="interrupted"/> is nonzero, and a signal that comes between that check and
    /// the <c>syscall</c> instruction rewinds it: the result is then <c>-ERESTARTSYS</c>. A signal that comes later gives the kernel's <c>-EINTR</c>.
    /// </summary>
    public static long Block(int* interrupted, Syscall number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5) =>
        s_blocking((nint)(ushort)number, a0, a1, a2, a3, a4, a5, interrupted);
}
