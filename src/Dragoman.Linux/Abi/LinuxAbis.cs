using System.Runtime.CompilerServices;
using Dragoman.Linux.Abi.AArch64;
using Dragoman.Linux.Abi.Alpha;
using Dragoman.Linux.Abi.I386;
using Dragoman.Linux.Abi.X86;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi;

/// <summary>The ABI of each guest that Linux user mode knows, by the guest's name.</summary>
public static class LinuxAbis
{
    // An ABI holds no state but where a guest's registers are: all processes of a guest have the same. Any thread; the table has its own lock.
    private static readonly ConditionalWeakTable<IGuest, ILinuxAbi> s_abis = [];

    /// <summary>The ABI for a guest. Any thread.</summary>
    /// <exception cref="NotSupportedException">None is written for it.</exception>
    public static ILinuxAbi For(IGuest guest) => s_abis.GetValue(guest, Make);

    private static ILinuxAbi Make(IGuest guest) => guest.Name switch
    {
        "aarch64" => new AArch64LinuxAbi(guest),
        "alpha" => new AlphaLinuxAbi(guest),
        "x86_64" => new X64LinuxAbi(guest),
        "i386" => new I386LinuxAbi(guest),
        _ => throw new NotSupportedException($"no Linux ABI for {guest.Name}"),
    };
}
