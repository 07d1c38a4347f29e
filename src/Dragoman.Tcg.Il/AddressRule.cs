using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Il;

/// <summary>The guest's address rule, off the fast path: what translated code asks when an address has bits above the region's size.</summary>
internal static unsafe class AddressRule
{
    /// <summary>What no base can be: no address of the region less a small offset comes near it.</summary>
    public const long Fault = long.MinValue;

    /// <summary>
    /// Applies the rule to the access at <paramref name="address"/> + <paramref name="offset"/>, whose low <paramref name="bits"/> bits may be set.
    /// </summary>
    /// <returns>The base to which the access adds <paramref name="offset"/>; or <see cref="Fault"/> when the guest faults, with the exception pending in the block.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Resolve(nint env, long address, long offset, int bits, bool ignoreTopByte)
    {
        ulong target = (ulong)(address + offset);
        ulong rule = ignoreTopByte ? target & 0x00FF_FFFF_FFFF_FFFF : target;
        if (rule >> bits == 0)
        {
            return (long)rule - offset;
        }

        Raise(env, ExceptionKind.MemoryFault, target, ignoreTopByte);
        return Fault;
    }

    /// <summary>Leaves an alignment fault pending in the block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Misaligned(nint env, long address, bool ignoreTopByte) => Raise(env, ExceptionKind.AlignmentFault, (ulong)address, ignoreTopByte);

    private static void Raise(nint env, ExceptionKind kind, ulong address, bool ignoreTopByte)
    {
        VcpuHeader* header = (VcpuHeader*)env;
        header->Exception = kind;
        header->ExceptionAfter = 0;

        // With a dropped top byte the fault address is what the architecture makes of it: extended from bit 55 (Arm ARM, AddrTop).
        header->FaultGuestAddress = ignoreTopByte ? (ulong)((long)(address << 8) >> 8) : address;
        header->ExceptionArg = header->FaultGuestAddress;
    }
}
