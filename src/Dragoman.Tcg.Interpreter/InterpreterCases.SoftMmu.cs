using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.SoftMmu;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Guest accesses through the vCPU's TLBs. The PC is already in its slot. Fields are those of the direct accesses, and the MMU mode: in B from bit 8 on, or in
/// Imm from bit 48 on where B is an operand.
/// </summary>
internal static unsafe partial class InterpreterCases
{
    /// <summary>D = load; B is the type.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool SoftLd(byte* env, Insn* ip)
    {
        MemOp op = ((MemOp)ip->Aux).InMode(ip->B >> 8);
        ulong address = *(ulong*)(env + ip->A) + (ulong)ip->Imm;
        if ((op & MemOp.SeqCst) != 0)
        {
            Interlocked.MemoryBarrier();
        }

        byte* host = SoftMmuLookup.TryLoad(env, address, op);
        byte* slow = (byte*)&((VcpuHeader*)env)->Scratch0;
        if (host == null && SoftMmuLookup.Load((nint)env, address, (uint)op) == 0)
        {
            return false;
        }

        if ((op & MemOp.SizeMask) == MemOp.Size128)
        {
            Copy128(env + ip->D, host == null ? slow : host, host == null ? op & ~MemOp.ByteSwap : op);
        }
        else
        {
            Write(env, ip->D, (TcgType)(byte)ip->B, host == null ? *(ulong*)slow : Extend(LoadInteger(host, op), op));
        }

        if ((op & (MemOp.Acquire | MemOp.AcquirePc | MemOp.SeqCst)) != 0)
        {
            Volatile.ReadBarrier();
        }

        return true;
    }

    /// <summary>Stores D.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool SoftSt(byte* env, Insn* ip)
    {
        MemOp op = ((MemOp)ip->Aux).InMode(ip->B >> 8);
        ulong address = *(ulong*)(env + ip->A) + (ulong)ip->Imm;
        bool releases = (op & (MemOp.Release | MemOp.SeqCst)) != 0;
        if (releases)
        {
            Interlocked.MemoryBarrier();
        }

        byte* host = SoftMmuLookup.TryStore(env, address, op);
        if (host != null)
        {
            StoreAt(host, env + ip->D, op);
        }
        else
        {
            VcpuHeader* header = (VcpuHeader*)env;
            header->Scratch0 = *(ulong*)(env + ip->D);
            if ((op & MemOp.SizeMask) == MemOp.Size128)
            {
                header->Scratch1 = *(ulong*)(env + ip->D + 8);
            }

            if (SoftMmuLookup.Store((nint)env, address, (uint)op) == 0)
            {
                return false;
            }
        }

        if (releases)
        {
            Interlocked.MemoryBarrier();
        }

        return true;
    }

    /// <summary>D = load-exclusive; B is the type.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool SoftLdx(byte* env, Insn* ip)
    {
        MemOp op = ((MemOp)ip->Aux | MemOp.Align).InMode((int)(ip->Imm >> 48));
        ulong address = *(ulong*)(env + ip->A);
        nint host = SoftMmuLookup.LoadPlace((nint)env, address, (uint)op);
        if (host == 0)
        {
            return false;
        }

        if ((op & MemOp.SizeMask) == MemOp.Size128)
        {
            LoadExclusive128(env, ip, address, host);
        }
        else
        {
            ulong value = ExclusiveMonitor.Load((nint)env, address, host, (int)(op & MemOp.SizeMask));
            Write(env, ip->D, (TcgType)ip->B, Extend(Swap(value, op), op));
        }

        return true;
    }

    /// <summary>D = 1 if the store-exclusive of B was done, else 0.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool SoftStx(byte* env, Insn* ip)
    {
        MemOp op = ((MemOp)ip->Aux | MemOp.Align).InMode((int)(ip->Imm >> 48));
        ulong address = *(ulong*)(env + ip->A);
        nint host = SoftMmuLookup.StorePlace((nint)env, address, (uint)op);
        if (host == 0)
        {
            return false;
        }

        *(uint*)(env + ip->D) = (op & MemOp.SizeMask) == MemOp.Size128
            ? StoreExclusive128(env, ip, address, host)
            : ExclusiveMonitor.Store((nint)env, address, host, Masked(Swap(*(ulong*)(env + ip->B), op), op), (int)(op & MemOp.SizeMask));
        return true;
    }

    /// <summary>D = old value; operands as in <see cref="Atomic"/>.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool SoftAtomic(byte* env, Insn* ip)
    {
        MemOp op = ((MemOp)ip->Aux).InMode((int)(ip->Imm >> 48));
        if ((op & MemOp.SizeMask) == MemOp.Size128)
        {
            op |= MemOp.Align;
        }

        nint host = SoftMmuLookup.UpdatePlace((nint)env, *(ulong*)(env + ip->A), (uint)op);
        if (host == 0)
        {
            return false;
        }

        UpdateAt(env, ip, host, op);
        return true;
    }

    private static void StoreAt(byte* host, byte* value, MemOp op)
    {
        ulong bits = Swap(*(ulong*)value, op);
        switch (op & MemOp.SizeMask)
        {
            case MemOp.Size8:
                *host = (byte)bits;
                break;
            case MemOp.Size16:
                *(ushort*)host = (ushort)bits;
                break;
            case MemOp.Size32:
                *(uint*)host = (uint)bits;
                break;
            case MemOp.Size64:
                *(ulong*)host = bits;
                break;
            default:
                Copy128(host, value, op);
                break;
        }
    }
}
