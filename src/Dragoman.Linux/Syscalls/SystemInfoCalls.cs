using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>sysinfo(2) of a guest of 32 bits, whose struct sysinfo has words of 4 bytes (kernel/sys.c, struct compat_sysinfo).</summary>
internal static unsafe class SystemInfoCalls
{
    private const int HostBytes = 112, GuestBytes = 64, PageBits = 12;

    // Words of the host's structure: uptime, loads[3], the sizes of memory and swap; then procs (a short), totalhigh, freehigh, mem_unit.
    private const int FirstSize = 4, Sizes = 6, Processes = 10, TotalHigh = 11, FreeHigh = 12, Unit = 13;

    public static long Get(LinuxThread thread, ulong address)
    {
        var host = stackalloc ulong[HostBytes / sizeof(ulong)];
        if (HostCall.Invoke(Syscall.Sysinfo, (nint)host) is < 0 and var error)
        {
            return error;
        }

        // What does not fit is told in units of a page.
        var shift = (host[FirstSize] | host[FirstSize + 4]) >> 32 != 0 && host[Unit] == 1 ? PageBits : 0;
        Span<byte> guest = stackalloc byte[GuestBytes];
        guest.Clear();
        for (var i = 0; i < FirstSize + Sizes; i++)
        {
            new Field(i * sizeof(uint), sizeof(uint)).Write(guest, i < FirstSize ? host[i] : host[i] >> shift);
        }

        new Field(40, sizeof(ushort)).Write(guest, host[Processes]);
        new Field(44, sizeof(uint)).Write(guest, host[TotalHigh] >> shift);
        new Field(48, sizeof(uint)).Write(guest, host[FreeHigh] >> shift);
        new Field(52, sizeof(uint)).Write(guest, (uint)host[Unit] << shift);
        return thread.Process.Memory.TryWrite(address, guest) ? 0 : -Errno.EFAULT;
    }
}
