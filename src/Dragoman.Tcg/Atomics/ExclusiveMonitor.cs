using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Atomics;

/// <summary>
/// Load-exclusive and store-exclusive, the same for every backend. A store-exclusive succeeds if the monitor still holds its address and size and
/// memory still holds the value that the load-exclusive read, by one compare-and-swap.
/// </summary>
/// <remarks>
/// Comparing values cannot tell a remote A-B-A from no store at all. Between a load-exclusive and a store-exclusive with no other access or barrier between
/// them nobody can: the load may be taken to have happened after the remote stores. Other pairs are the runtime's to find and to guard: it is asked
/// through <see cref="VcpuHeader.ExclusiveCheck"/> and <see cref="VcpuHeader.ExclusiveArm"/>.
/// Called on the vCPU's own thread, with addresses that have passed the guest's address rule.
/// </remarks>
public static unsafe class ExclusiveMonitor
{
    private const ulong Open = ulong.MaxValue;

    /// <summary>Loads 1 &lt;&lt; <paramref name="size"/> bytes (size 0 to 3) and arms the monitor; returns them zero-extended.</summary>
    public static ulong Load(nint env, ulong guest, nint host, int size)
    {
        Begin(env, guest, host);
        ulong value = size switch
        {
            0 => Volatile.Read(ref *(byte*)host),
            1 => Volatile.Read(ref *(ushort*)host),
            2 => Volatile.Read(ref *(uint*)host),
            _ => Volatile.Read(ref *(ulong*)host),
        };
        Arm((VcpuHeader*)env, guest, 1 << size, value, 0);
        return value;
    }

    /// <summary>Loads 16 bytes as two atoms of 8 and arms the monitor (Arm ARM, LDXP: only a successful STXP makes the pair one access).</summary>
    public static Vector128<byte> Load128(nint env, ulong guest, nint host)
    {
        Begin(env, guest, host);
        ulong low = Volatile.Read(ref *(ulong*)host);
        ulong high = Volatile.Read(ref *(ulong*)(host + 8));
        Arm((VcpuHeader*)env, guest, 16, low, high);
        return Vector128.Create(low, high).AsByte();
    }

    /// <summary>Stores <paramref name="value"/> if the monitor allows; returns 1 if it did, else 0. The monitor is open afterwards.</summary>
    public static uint Store(nint env, ulong guest, nint host, ulong value, int size)
    {
        VcpuHeader* header = (VcpuHeader*)env;
        if (header->ExclusiveAddress != guest || header->ExclusiveSize != 1 << size || !MayStore(header, host))
        {
            Clear(env);
            return 0;
        }

        ulong expected = header->ExclusiveValue0;
        ulong old = HostAtomics.CompareExchange(host, expected, value, size);
        Clear(env);
        return old == expected ? 1u : 0u;
    }

    /// <summary>16-byte form of <see cref="Store"/>; the address is 16-byte aligned.</summary>
    public static uint Store128(nint env, ulong guest, nint host, Vector128<byte> value)
    {
        VcpuHeader* header = (VcpuHeader*)env;
        if (header->ExclusiveAddress != guest || header->ExclusiveSize != 16 || !MayStore(header, host))
        {
            Clear(env);
            return 0;
        }

        Vector128<byte> expected = Vector128.Create(header->ExclusiveValue0, header->ExclusiveValue1).AsByte();
        Vector128<byte> old = HostAtomics.CompareExchange128(host, expected, value);
        Clear(env);
        return old == expected ? 1u : 0u;
    }

    /// <summary>Opens the monitor (CLREX, exception return).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(nint env)
    {
        ((VcpuHeader*)env)->ExclusiveAddress = Open;
        ((VcpuHeader*)env)->ExclusiveSize = 0;
    }

    /// <summary>Whether an op parts a load-exclusive from the store-exclusive behind it: others could be ordered by it, or it changes the monitor.</summary>
    public static bool Parts(in Op op) => op.Opcode switch
    {
        Opcode.Mb or Opcode.Clrex => true,
        Opcode.Call => (op.Helper!.Flags & (HelperFlags.Memory | HelperFlags.MayRaise)) != 0,
        _ => OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory),
    };

    // Before the load: a store that comes between is then seen, by value or by the armed page.
    private static void Begin(nint env, ulong guest, nint host)
    {
        VcpuHeader* header = (VcpuHeader*)env;
        header->ExclusivePc = *(ulong*)(env + header->PcOffset);
        header->ExclusiveGeneration = 0;
        nint arm = Volatile.Read(ref header->ExclusiveArm);
        if (arm != 0)
        {
            ((delegate*<nint, ulong, nint, void>)arm)(env, guest, host);
        }
    }

    private static bool MayStore(VcpuHeader* header, nint host)
    {
        if (header->ExclusiveCheck == 0)
        {
            return true;
        }

        ulong* pair = VcpuBlock.CheckedPair((byte*)header, header->ExclusivePc);
        if (header->ExclusiveGeneration == 0 && pair[0] == header->ExclusivePc && pair[1] == *(ulong*)((nint)header + header->PcOffset))
        {
            return true;
        }

        return ((delegate*<nint, nint, ulong>)header->ExclusiveCheck)((nint)header, host) != 0;
    }

    private static void Arm(VcpuHeader* header, ulong guest, int bytes, ulong low, ulong high)
    {
        header->ExclusiveValue0 = low;
        header->ExclusiveValue1 = high;
        header->ExclusiveSize = bytes;
        header->ExclusiveAddress = guest;
    }
}
