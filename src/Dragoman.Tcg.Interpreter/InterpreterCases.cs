using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;

namespace Dragoman.Tcg.Interpreter;

/// <summary>The cases that the op table leaves to the backend: moves, the vCPU block, control, calls, barriers.</summary>
internal static unsafe partial class InterpreterCases
{
    /// <summary>D = A.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mov32(byte* env, Insn* ip) => *(uint*)(env + ip->D) = *(uint*)(env + ip->A);

    /// <inheritdoc cref="Mov32"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mov64(byte* env, Insn* ip) => *(ulong*)(env + ip->D) = *(ulong*)(env + ip->A);

    /// <inheritdoc cref="Mov32"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mov128(byte* env, Insn* ip) => *(Vector128<byte>*)(env + ip->D) = *(Vector128<byte>*)(env + ip->A);

    /// <summary>D = Imm.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MovImm32(byte* env, Insn* ip) => *(uint*)(env + ip->D) = (uint)ip->Imm;

    /// <inheritdoc cref="MovImm32"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MovImm64(byte* env, Insn* ip) => *(ulong*)(env + ip->D) = (ulong)ip->Imm;

    /// <summary>D = the extended byte, half or word at A.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld8u(byte* env, Insn* ip) => *(ulong*)(env + ip->D) = env[ip->A];

    /// <inheritdoc cref="Ld8u"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld8s(byte* env, Insn* ip) => *(long*)(env + ip->D) = *(sbyte*)(env + ip->A);

    /// <inheritdoc cref="Ld8u"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld16u(byte* env, Insn* ip) => *(ulong*)(env + ip->D) = *(ushort*)(env + ip->A);

    /// <inheritdoc cref="Ld8u"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld16s(byte* env, Insn* ip) => *(long*)(env + ip->D) = *(short*)(env + ip->A);

    /// <inheritdoc cref="Ld8u"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld32u(byte* env, Insn* ip) => *(ulong*)(env + ip->D) = *(uint*)(env + ip->A);

    /// <inheritdoc cref="Ld8u"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld32s(byte* env, Insn* ip) => *(long*)(env + ip->D) = *(int*)(env + ip->A);

    /// <summary>The byte or half at D = low bits of A.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void St8(byte* env, Insn* ip) => env[ip->D] = env[ip->A];

    /// <inheritdoc cref="St8"/>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void St16(byte* env, Insn* ip) => *(ushort*)(env + ip->D) = *(ushort*)(env + ip->A);

    /// <summary>D = B:A, 128 bits.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Concat(byte* env, Insn* ip)
    {
        ulong low = *(ulong*)(env + ip->A);
        ulong high = *(ulong*)(env + ip->B);
        *(ulong*)(env + ip->D) = low;
        *(ulong*)(env + ip->D + 8) = high;
    }

    /// <summary>Full barrier.</summary>
    [InterpreterCase]
    public static void Fence(byte* env, Insn* ip) => Interlocked.MemoryBarrier();

    /// <summary>Opens the exclusive monitor.</summary>
    [InterpreterCase]
    public static void Clrex(byte* env, Insn* ip) => ExclusiveMonitor.Clear((nint)env);

    /// <summary>Goes D bytes on.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Insn* Br(byte* env, Insn* ip) => (Insn*)((byte*)ip + ip->D);

    /// <summary>At a loop's head: the next two instructions leave, and are skipped while nobody asks for that.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Insn* Poll(byte* env, Insn* ip) => Volatile.Read(ref ((VcpuHeader*)env)->PollWord) == 0 ? ip + 3 : ip + 1;

    /// <summary>After an op that may have trapped: the next two instructions leave, with A in ExceptionAfter, and are skipped while no exception is pending.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Insn* RaisePending(byte* env, Insn* ip)
    {
        if (((VcpuHeader*)env)->Exception == ExceptionKind.None)
        {
            return ip + 3;
        }

        ((VcpuHeader*)env)->ExceptionAfter = ip->A;
        return ip + 1;
    }

    /// <summary>Stores Imm to the PC slot at A and leaves with the next instruction's Imm.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint GotoTb(byte* env, Insn* ip)
    {
        *(long*)(env + ip->A) = ip->Imm;
        return (nint)ip[1].Imm;
    }

    /// <summary>Leaves with Imm.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Exit(byte* env, Insn* ip) => (nint)ip->Imm;

    /// <summary>
    /// Calls the helper at Imm. Aux: bits 0 to 2 the number of arguments, bit 3 the result is I32, bit 4 the helper may raise, bits 8 to 12
    /// which arguments are I32. Arguments are at A, B, then D, A, B of the next instruction.
    /// </summary>
    [InterpreterCase]
    public static Insn* Call(byte* env, Insn* ip)
    {
        int aux = ip->Aux;
        ulong result = (aux & 7) switch
        {
            0 => ((delegate*<byte*, ulong>)ip->Imm)(env),
            1 => ((delegate*<byte*, ulong, ulong>)ip->Imm)(env, Argument(env, ip->A, aux & 0x100)),
            2 => ((delegate*<byte*, ulong, ulong, ulong>)ip->Imm)(env, Argument(env, ip->A, aux & 0x100), Argument(env, ip->B, aux & 0x200)),
            3 => ((delegate*<byte*, ulong, ulong, ulong, ulong>)ip->Imm)(
                env, Argument(env, ip->A, aux & 0x100), Argument(env, ip->B, aux & 0x200), Argument(env, ip[1].D, aux & 0x400)),
            4 => ((delegate*<byte*, ulong, ulong, ulong, ulong, ulong>)ip->Imm)(
                env,
                Argument(env, ip->A, aux & 0x100),
                Argument(env, ip->B, aux & 0x200),
                Argument(env, ip[1].D, aux & 0x400),
                Argument(env, ip[1].A, aux & 0x800)),
            _ => ((delegate*<byte*, ulong, ulong, ulong, ulong, ulong, ulong>)ip->Imm)(
                env,
                Argument(env, ip->A, aux & 0x100),
                Argument(env, ip->B, aux & 0x200),
                Argument(env, ip[1].D, aux & 0x400),
                Argument(env, ip[1].A, aux & 0x800),
                Argument(env, ip[1].B, aux & 0x1000)),
        };
        if ((aux & 0x10) != 0 && ((VcpuHeader*)env)->Exception != ExceptionKind.None)
        {
            return null;
        }

        if ((aux & 8) != 0)
        {
            *(uint*)(env + ip->D) = (uint)result;
        }
        else
        {
            *(ulong*)(env + ip->D) = result;
        }

        return ip + 2;
    }

    private static ulong Argument(byte* env, int place, int isI32) => isI32 != 0 ? *(uint*)(env + place) : *(ulong*)(env + place);
}
