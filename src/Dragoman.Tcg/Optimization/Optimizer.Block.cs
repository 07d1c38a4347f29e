using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// What lies in the vCPU block outside the guest registers that the IR knows (vector registers, above all): a load after a store or load of
/// the same bytes in the same extended basic block takes that value.
/// </summary>
public sealed partial class Optimizer
{
    private const int BlockEntries = 32;

    private readonly BlockEntry[] _blockEntries = new BlockEntry[BlockEntries];
    private int _blockEntryCount;

    private record struct BlockEntry(int Offset, int Bytes, int Value);

    private void StoreToBlock(in Op op)
    {
        int offset = (int)op.Imm0;
        int bytes = BlockBytes(op);
        ForgetBlock(offset, bytes);
        int at = offset;
        bool overlapsGlobal = false;
        for (int global = NextGlobalIn(ref at, offset + bytes); global >= 0; global = NextGlobalIn(ref at, offset + bytes))
        {
            NewValue(_context.Global(global));
            overlapsGlobal = true;
        }

        if (op.Opcode == Opcode.St && !overlapsGlobal)
        {
            Remember(new BlockEntry(offset, bytes, ValueOf(op.In0)));
        }
    }

    private void LoadFromBlock(ref Op op)
    {
        int offset = (int)op.Imm0;
        int bytes = BlockBytes(op);
        for (int i = 0; i < _blockEntryCount; i++)
        {
            BlockEntry entry = _blockEntries[i];
            if (entry.Offset == offset && entry.Bytes == bytes && op.Opcode == Opcode.Ld && _values[entry.Value].Type == op.Type && TryRead(entry.Value, out Temp known))
            {
                BecomeMove(ref op, known);
                return;
            }

            // Half of a vector that was joined from halves, or is one.
            if (op.Opcode == Opcode.Ld && op.Type == TcgType.I64 && entry.Bytes == 16 && (entry.Offset == offset || entry.Offset + 8 == offset))
            {
                Value vector = _values[entry.Value];
                if (vector.Opcode == Opcode.ConcatI64V128 && TryRead(entry.Offset == offset ? vector.In0 : vector.In1, out Temp half))
                {
                    BecomeMove(ref op, half);
                    return;
                }

                if (TryRead(entry.Value, out Temp whole))
                {
                    op = new Op { Opcode = entry.Offset == offset ? Opcode.LoV128I64 : Opcode.HiV128I64, Type = TcgType.I64, Out0 = op.Out0, In0 = whole };
                    return;
                }
            }
        }

        // A vector of which both halves have been stored: the host would wait until they have left the core.
        if (op.Opcode == Opcode.Ld && op.Type == TcgType.V128 && TryReadHalf(offset, out Temp low) && TryReadHalf(offset + 8, out Temp high))
        {
            op = new Op { Opcode = Opcode.ConcatI64V128, Type = TcgType.V128, Out0 = op.Out0, In0 = low, In1 = high };
        }
    }

    private bool TryReadHalf(int offset, out Temp half)
    {
        for (int i = 0; i < _blockEntryCount; i++)
        {
            BlockEntry entry = _blockEntries[i];
            if (entry.Offset == offset && entry.Bytes == 8 && _values[entry.Value].Type == TcgType.I64 && TryRead(entry.Value, out half))
            {
                return true;
            }
        }

        half = default;
        return false;
    }

    private void RememberBlockLoad(in Op op, int value)
    {
        if (op.Opcode == Opcode.Ld)
        {
            int offset = (int)op.Imm0;
            int bytes = BlockBytes(op);
            int at = offset;
            if (NextGlobalIn(ref at, offset + bytes) < 0)
            {
                Remember(new BlockEntry(offset, bytes, value));
            }
        }
    }

    private void Remember(BlockEntry entry)
    {
        // The header changes behind the IR's back (poll word, floating-point exceptions, monitor).
        if (entry.Offset < Abi.VcpuHeader.GuestState)
        {
            return;
        }

        if (_blockEntryCount == BlockEntries)
        {
            _blockEntryCount = 0;
        }

        _blockEntries[_blockEntryCount++] = entry;
    }

    private void ForgetBlock(int offset, int bytes)
    {
        for (int i = _blockEntryCount - 1; i >= 0; i--)
        {
            BlockEntry entry = _blockEntries[i];
            if (entry.Offset < offset + bytes && offset < entry.Offset + entry.Bytes)
            {
                _blockEntries[i] = _blockEntries[--_blockEntryCount];
            }
        }
    }
}
