using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Guest accesses of every other kind: ordered, aligned, byte-swapped, exclusive, atomic. The PC is already in its slot. Address at A
/// (offset in Imm where there is one), MemOp in Aux, value at D or B.
/// </summary>
/// <remarks>
/// Order on x64: every load is an acquire, so acquiring loads are plain ones; a releasing store is an exchange, so that it stays before
/// later acquiring loads (RCsc: STLR then LDAR). On Arm64 <c>Volatile.Read</c> is LDAR or LDAPR and the exchange is SWPAL or its loop.
/// </remarks>
internal static unsafe partial class InterpreterCases
{
    /// <summary>D = load; B is the type.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool QemuLdAny(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        var op = (MemOp)ip->Aux;
        ulong address = (*(ulong*)(env + ip->A) + (ulong)ip->Imm) & mask;
        if (!Check(env, address, mask, limit, op))
        {
            return false;
        }

        byte* host = ((VcpuHeader*)env)->GuestBase + address;
        if ((op & MemOp.SizeMask) == MemOp.Size128)
        {
            Copy128(env + ip->D, host, op);
        }
        else
        {
            Write(env, ip->D, (TcgType)ip->B, Extend(LoadInteger(host, op), op));
        }

        if ((op & (MemOp.Acquire | MemOp.AcquirePc | MemOp.SeqCst)) != 0)
        {
            // Nothing on x64, a load barrier on Arm64 for what Volatile.Read does not cover (16-byte and misaligned loads).
            Volatile.ReadBarrier();
        }

        return true;
    }

    /// <summary>Stores D.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool QemuStAny(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        var op = (MemOp)ip->Aux;
        ulong address = (*(ulong*)(env + ip->A) + (ulong)ip->Imm) & mask;
        if (!Check(env, address, mask, limit, op))
        {
            return false;
        }

        byte* host = ((VcpuHeader*)env)->GuestBase + address;
        bool releases = (op & (MemOp.Release | MemOp.SeqCst)) != 0;
        int size = (int)(op & MemOp.SizeMask);
        if (size == 4)
        {
            if (releases)
            {
                Interlocked.MemoryBarrier();
            }

            Copy128(host, env + ip->D, op);
            if (releases)
            {
                Interlocked.MemoryBarrier();
            }

            return true;
        }

        ulong value = Swap(*(ulong*)(env + ip->D), op);
        if (releases && (address & ((1UL << size) - 1)) == 0)
        {
            HostAtomics.Exchange((nint)host, value, size);
            return true;
        }

        if (releases)
        {
            Interlocked.MemoryBarrier();
        }

        switch (size)
        {
            case 0:
                *host = (byte)value;
                break;
            case 1:
                *(ushort*)host = (ushort)value;
                break;
            case 2:
                *(uint*)host = (uint)value;
                break;
            default:
                *(ulong*)host = value;
                break;
        }

        if (releases)
        {
            Interlocked.MemoryBarrier();
        }

        return true;
    }

    /// <summary>A store of Aux bytes that stores nothing; B is 1 for only across a page's end.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool ProbeW(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        ulong address = (*(ulong*)(env + ip->A) + (ulong)ip->Imm) & mask;
        if (address >= limit)
        {
            return Refuse(env, address, mask);
        }

        var host = (nint)(((VcpuHeader*)env)->GuestBase + address);
        if (ip->B == 0 || HostProbe.IsAcross(host, ip->Aux))
        {
            HostProbe.Write(host, ip->Aux);
        }

        return true;
    }

    /// <summary>D = load-exclusive; B is the type.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool QemuLdx(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        var op = (MemOp)ip->Aux | MemOp.Align;
        ulong address = *(ulong*)(env + ip->A) & mask;
        if (!Check(env, address, mask, limit, op))
        {
            return false;
        }

        var host = (nint)(((VcpuHeader*)env)->GuestBase + address);
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
    public static bool QemuStx(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        var op = (MemOp)ip->Aux | MemOp.Align;
        ulong address = *(ulong*)(env + ip->A) & mask;
        if (!Check(env, address, mask, limit, op))
        {
            return false;
        }

        var host = (nint)(((VcpuHeader*)env)->GuestBase + address);
        uint done = (op & MemOp.SizeMask) == MemOp.Size128
            ? StoreExclusive128(env, ip, address, host)
            : ExclusiveMonitor.Store((nint)env, address, host, Masked(Swap(*(ulong*)(env + ip->B), op), op), (int)(op & MemOp.SizeMask));
        *(uint*)(env + ip->D) = done;
        return true;
    }

    /// <summary>D = old value; B the operand. Imm: low half the third operand (compare-and-swap: B expected, third desired), then opcode and type, a byte each.</summary>
    [InterpreterCase]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Atomic(byte* env, Insn* ip, ulong mask, ulong limit)
    {
        var op = (MemOp)ip->Aux;
        int size = (int)(op & MemOp.SizeMask);
        ulong address = *(ulong*)(env + ip->A) & mask;

        // The host has no misaligned 16-byte atomic: such a guest access is a fault whatever the MemOp asks for.
        if (!Check(env, address, mask, limit, size == 4 ? op | MemOp.Align : op))
        {
            return false;
        }

        UpdateAt(env, ip, (nint)(((VcpuHeader*)env)->GuestBase + address), op);
        return true;
    }

    /// <summary>The read-modify-write of <see cref="Atomic"/> at a host address.</summary>
    private static void UpdateAt(byte* env, Insn* ip, nint host, MemOp op)
    {
        int size = (int)(op & MemOp.SizeMask);
        var opcode = (Opcode)(byte)(ip->Imm >> 32);
        if (size == 4)
        {
            Atomic128(env, ip, opcode, host);
            return;
        }

        ulong value = Masked(*(ulong*)(env + ip->B), op);
        if ((op & MemOp.ByteSwap) != 0 && opcode is not (Opcode.AtomicCmpxchg or Opcode.AtomicXchg or Opcode.AtomicFetchAnd or Opcode.AtomicFetchOr or Opcode.AtomicFetchXor))
        {
            Write(env, ip->D, (TcgType)(byte)(ip->Imm >> 40), Extend(SwappedUpdate(host, value, opcode, op), op));
            return;
        }

        value = Masked(Swap(value, op), op);
        ulong old = opcode switch
        {
            Opcode.AtomicCmpxchg => HostAtomics.CompareExchange(host, value, Masked(Swap(*(ulong*)(env + (int)ip->Imm), op), op), size),
            Opcode.AtomicXchg => HostAtomics.Exchange(host, value, size),
            Opcode.AtomicFetchAdd => HostAtomics.FetchAdd(host, value, size),
            Opcode.AtomicFetchAnd => HostAtomics.FetchAnd(host, value, size),
            Opcode.AtomicFetchOr => HostAtomics.FetchOr(host, value, size),
            Opcode.AtomicFetchXor => HostAtomics.FetchXor(host, value, size),
            Opcode.AtomicFetchSmin => HostAtomics.FetchSmin(host, value, size),
            Opcode.AtomicFetchSmax => HostAtomics.FetchSmax(host, value, size),
            Opcode.AtomicFetchUmin => HostAtomics.FetchUmin(host, value, size),
            _ => HostAtomics.FetchUmax(host, value, size),
        };
        Write(env, ip->D, (TcgType)(byte)(ip->Imm >> 40), Extend(Swap(old, op), op));
    }

    // Methods that compute with vectors are not compiled ahead of time; these are apart, so that their callers are.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadExclusive128(byte* env, Insn* ip, ulong address, nint host) =>
        *(Vector128<byte>*)(env + ip->D) = ExclusiveMonitor.Load128((nint)env, address, host);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint StoreExclusive128(byte* env, Insn* ip, ulong address, nint host) =>
        ExclusiveMonitor.Store128((nint)env, address, host, *(Vector128<byte>*)(env + ip->B));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Atomic128(byte* env, Insn* ip, Opcode opcode, nint host)
    {
        Vector128<byte> operand = *(Vector128<byte>*)(env + ip->B);
        *(Vector128<byte>*)(env + ip->D) = opcode == Opcode.AtomicXchg
            ? HostAtomics.Exchange128(host, operand)
            : HostAtomics.CompareExchange128(host, operand, *(Vector128<byte>*)(env + (int)ip->Imm));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Copy128(byte* to, byte* from, MemOp op)
    {
        Vector128<byte> vector = *(Vector128<byte>*)from;
        *(Vector128<byte>*)to = (op & MemOp.ByteSwap) != 0 ? Reverse(vector) : vector;
    }

    /// <summary>Arithmetic on a value of the other byte order: a compare-and-swap loop. Returns the old value in guest order.</summary>
    private static ulong SwappedUpdate(nint host, ulong value, Opcode opcode, MemOp op)
    {
        int size = (int)(op & MemOp.SizeMask);
        ulong seen = Swap(LoadInteger((byte*)host, op & ~MemOp.ByteSwap), op);
        while (true)
        {
            var left = (long)Extend(seen, op | MemOp.Sign);
            var right = (long)Extend(value, op | MemOp.Sign);
            ulong result = opcode switch
            {
                Opcode.AtomicFetchAdd => seen + value,
                Opcode.AtomicFetchSmin => left < right ? seen : value,
                Opcode.AtomicFetchSmax => left > right ? seen : value,
                Opcode.AtomicFetchUmin => Math.Min(seen, value),
                _ => Math.Max(seen, value),
            };
            ulong expected = Masked(Swap(seen, op), op);
            ulong old = HostAtomics.CompareExchange(host, expected, Masked(Swap(result, op), op), size);
            if (old == expected)
            {
                return seen;
            }

            seen = Masked(Swap(old, op), op);
        }
    }

    /// <summary>The address rule, then alignment.</summary>
    private static bool Check(byte* env, ulong address, ulong mask, ulong limit, MemOp op)
    {
        ulong size = 1UL << (int)(op & MemOp.SizeMask);
        bool misaligned = ((op & MemOp.Align) != 0 && (address & (size - 1)) != 0)
            || ((op & MemOp.Align16) != 0 && (address & 15) != 0)
            || ((op & MemOp.Within16) != 0 && (address & 15) + size > 16);
        if (misaligned)
        {
            return Raise(env, ExceptionKind.AlignmentFault, Reported(address, mask));
        }

        return address < limit || Refuse(env, address, mask);
    }

    private static ulong LoadInteger(byte* host, MemOp op)
    {
        ulong value = (op & MemOp.SizeMask) switch
        {
            MemOp.Size8 => Volatile.Read(ref *host),
            MemOp.Size16 => Volatile.Read(ref *(ushort*)host),
            MemOp.Size32 => Volatile.Read(ref *(uint*)host),
            _ => Volatile.Read(ref *(ulong*)host),
        };
        return Swap(value, op);
    }

    private static ulong Swap(ulong value, MemOp op) => (op & MemOp.ByteSwap) == 0 ? value : (op & MemOp.SizeMask) switch
    {
        MemOp.Size16 => BinaryPrimitives.ReverseEndianness((ushort)value),
        MemOp.Size32 => BinaryPrimitives.ReverseEndianness((uint)value),
        MemOp.Size64 => BinaryPrimitives.ReverseEndianness(value),
        _ => value,
    };

    private static Vector128<byte> Reverse(Vector128<byte> vector) =>
        Vector128.Shuffle(vector, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    private static ulong Masked(ulong value, MemOp op) => value & (ulong.MaxValue >> (64 - (8 << (int)(op & MemOp.SizeMask))));

    private static ulong Extend(ulong value, MemOp op)
    {
        int shift = 64 - (8 << (int)(op & MemOp.SizeMask));
        return (op & MemOp.Sign) != 0 ? (ulong)((long)(value << shift) >> shift) : (value << shift) >> shift;
    }

    private static void Write(byte* env, int place, TcgType type, ulong value)
    {
        if (type == TcgType.I32)
        {
            *(uint*)(env + place) = (uint)value;
        }
        else
        {
            *(ulong*)(env + place) = value;
        }
    }
}
