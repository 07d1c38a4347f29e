using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Executions;

/// <summary>How much of a plain access a guest's manual promises to be done at once.</summary>
internal static class SingleCopy
{
    private const ulong LineBytes = 64;

    /// <summary>Bytes of the parts that are single-copy atomic, each.</summary>
    public static int Unit(MemoryOrder order, MemOp op, ulong address)
    {
        int bytes = 1 << (int)(op & MemOp.SizeMask);
        int atom = (int)(op & MemOp.AtomMask) >> (int)MemOp.AtomShift;
        int unit = atom == 0 ? bytes : Math.Min(bytes, 1 << (atom - 1));
        return order == MemoryOrder.Tso ? OfX86(op, address, unit) : unit;
    }

    // Intel SDM 3A, 9.1.1: up to 8 bytes within a cache line; 16 by those instructions that want them aligned, on processors with AVX.
    private static int OfX86(MemOp op, ulong address, int unit)
    {
        if (unit > 8 && (op & (MemOp.Align | MemOp.Align16)) == 0)
        {
            unit = 8;
        }

        int bytes = 1 << (int)(op & MemOp.SizeMask);
        for (int done = 0; done < bytes; done += unit)
        {
            if ((address + (ulong)done) / LineBytes != (address + (ulong)(done + unit - 1)) / LineBytes)
            {
                return 1;
            }
        }

        return unit;
    }
}
