using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Plain guest accesses: little-endian, no order, no alignment asked for. Each stores the guest PC (Imm) to its slot (B) first, since it may
/// fault; the address is at A, its offset in Aux, the value at D.
/// </summary>
internal static unsafe partial class InterpreterCases
{
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd8u(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ulong*)(env + ip->D) = *(byte*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd8s(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(long*)(env + ip->D) = *(sbyte*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd16u(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ulong*)(env + ip->D) = *(ushort*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd16s(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(long*)(env + ip->D) = *(short*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd32u(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ulong*)(env + ip->D) = *(uint*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd32s(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(long*)(env + ip->D) = *(int*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd64(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ulong*)(env + ip->D) = *(ulong*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuLd128(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(Vector128<byte>*)(env + ip->D) = *(Vector128<byte>*)host;
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuSt8(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(byte*)host = *(byte*)(env + ip->D);
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuSt16(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ushort*)host = *(ushort*)(env + ip->D);
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuSt32(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(uint*)host = *(uint*)(env + ip->D);
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuSt64(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(ulong*)host = *(ulong*)(env + ip->D);
        return true;
    }

    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool QemuSt128(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        if (!TryTranslate(env, ip, mask, limit, out byte* host))
        {
            return false;
        }

        *(Vector128<byte>*)host = *(Vector128<byte>*)(env + ip->D);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTranslate(byte* env, Insn* ip, ulong mask, ulong limit, out byte* host)
    {
        *(long*)(env + ip->B) = ip->Imm;
        ulong address = (*(ulong*)(env + ip->A) + (ulong)(short)ip->Aux) & mask;
        host = ((VcpuHeader*)env)->GuestBase + address;
        return address < limit || Refuse(env, address, mask);
    }

    /// <summary>Records a fault of the address rule; returns false.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Refuse(byte* env, ulong address, ulong mask)
    {
        return Raise(env, ExceptionKind.MemoryFault, Reported(address, mask));
    }

    // With a dropped top byte the fault address is what the architecture makes of it: extended from bit 55 (Arm ARM, AddrTop).
    private static ulong Reported(ulong address, ulong mask) => mask == ulong.MaxValue ? address : (ulong)((long)(address << 8) >> 8);

    private static bool Raise(byte* env, ExceptionKind kind, ulong address)
    {
        var header = (VcpuHeader*)env;
        header->Exception = kind;
        header->ExceptionAfter = 0;
        header->ExceptionArg = address;
        header->FaultGuestAddress = address;
        return false;
    }
}
