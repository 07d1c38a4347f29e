using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    private static readonly int s_fp = (int)HeaderOffset(h => (nint)(&h->Fp) - (nint)h);
    private readonly List<PendingWrite> _writes = [];
    private readonly List<Frame> _frames = [];

    private delegate nint FieldOf(VcpuHeader* header);

    private static nint HeaderOffset(FieldOf field)
    {
        VcpuHeader header = default;
        return field(&header);
    }

    /// <summary>A register at the instruction's entry.</summary>
    public Temp Get(long index)
    {
        Temp global = _tcg.Global((int)index);
        return _layout.FpEnvironment?.Sticky?.Slices[0].Global == index ? WithExceptions(global) : global;
    }

    /// <summary>A register kept in the block, at the instruction's entry.</summary>
    public Temp GetMemory(long offset, int n) => LoadState((int)offset, n);

    /// <summary>Bits of a register kept in the block.</summary>
    public Temp GetMemoryPart(long offset, long position, int width) =>
        width is 8 or 16 or 32 or 64 && position % 8 == 0
            ? LoadState((int)(offset + position / 8), width)
            : Bits(128, LoadState((int)offset, 128), position, width);

    private Temp LoadState(int offset, int n) => n switch
    {
        8 => FromState(_tcg.Ld8u(TcgType.I32, offset), offset, 1),
        16 => FromState(_tcg.Ld16u(TcgType.I32, offset), offset, 2),
        _ => FromState(_tcg.Ld(TypeOf(n), offset), offset, n / 8),
    };

    /// <summary>Writes a register when the instruction ends.</summary>
    public void Write(long index, Temp value)
    {
        _flagsWritten |= _isFlag[index];
        Add(new PendingWrite(false, (int)index, 0, value));
    }

    /// <summary>Writes part of a register of n bits when the instruction ends; parts compose.</summary>
    public void WritePart(long index, int n, long position, int width, Temp value)
    {
        Temp whole = Previous(new PendingWrite(false, (int)index, 0, default));
        TcgType type = TypeOf(n);
        Write(index, _tcg.Deposit(type, whole, Zx(width, n, value), (int)position, width));
    }

    /// <summary>Sets bits of a register when the instruction ends; none is cleared.</summary>
    public void StickyPart(long index, int n, long position, int width, Temp value)
    {
        Temp whole = Previous(new PendingWrite(false, (int)index, 0, default));
        Write(index, _tcg.Or(TypeOf(n), whole, Shl(n, Zx(width, n, value), position)));
    }

    /// <summary>Writes a register kept in the block when the instruction ends.</summary>
    public void WriteMemory(long offset, int n, Temp value) => Add(new PendingWrite(true, (int)offset, n, value));

    /// <summary>Writes part of a register kept in the block when the instruction ends; parts compose.</summary>
    public void WriteMemoryPart(long offset, long position, int width, Temp value)
    {
        if (width is not (8 or 16 or 32 or 64 or 128) || position % 8 != 0)
        {
            throw new NotSupportedException($"Bits {position + width - 1}:{position} of a register in memory are no whole bytes.");
        }

        WriteMemory(offset + position / 8, width, value);
    }

    /// <summary>Everything until <see cref="Else"/> or <see cref="EndIf"/> takes effect only where the condition holds. Both sides are evaluated.</summary>
    public void If(Temp condition) => _frames.Add(new Frame(false, condition, _exits.Count));

    /// <summary>The same for a side that has effects of its own: a branch in the IR.</summary>
    public void IfBranch(Temp condition)
    {
        KeepAll();
        (TcgCond cond, Temp a, Temp b) = ConditionOf(condition);
        var frame = new Frame(true, Keep(condition), _exits.Count) { ElseLabel = _tcg.NewLabel() };
        _frames.Add(frame);
        _tcg.BrCond(_tcg.TypeOf(a), (TcgCond)((int)cond ^ 1), a, b, frame.ElseLabel);
        _conditions.Clear();
    }

    /// <summary>The other side.</summary>
    public void Else()
    {
        Frame frame = _frames[^1];
        frame.ElseExits = _exits.Count;
        if (frame.IsBranch)
        {
            KeepExits(frame.FirstExit);
            frame.EndLabel = _tcg.NewLabel();
            frame.HasElse = true;
            _tcg.Br(frame.EndLabel);
            PlaceLabel(frame.ElseLabel);
        }

        frame.InElse = true;
    }

    /// <summary>Ends <see cref="If"/> or <see cref="IfBranch"/>: writes of its sides become selections.</summary>
    public void EndIf()
    {
        Frame frame = _frames[^1];
        if (frame.IsBranch)
        {
            KeepExits(frame.FirstExit);
            PlaceLabel(frame.HasElse ? frame.EndLabel : frame.ElseLabel);
        }

        _frames.RemoveAt(_frames.Count - 1);
        int thenEnd = frame.InElse ? frame.ElseExits : _exits.Count;
        RestrictExits(frame.FirstExit, thenEnd, frame.Condition);
        if (thenEnd < _exits.Count)
        {
            RestrictExits(thenEnd, _exits.Count, NotCondition(frame.Condition));
        }

        foreach (PendingWrite write in frame.Then)
        {
            Temp otherwise = Find(frame.Else, write) is { } other ? other.Value : Previous(write);
            Add(write with { Value = Select(WidthOf(write), frame.Condition, write.Value, otherwise) });
        }

        foreach (PendingWrite write in frame.Else)
        {
            if (Find(frame.Then, write) is null)
            {
                Add(write with { Value = Select(WidthOf(write), frame.Condition, Previous(write), write.Value) });
            }
        }
    }

    private void PlaceLabel(Label label)
    {
        _tcg.SetLabel(label);
        _conditions.Clear();
        _sources.Clear();
        _tables.Clear();
        ForgetFlagsOfBlock();
    }

    // What was computed so far and is still needed must live beyond the label.
    private void KeepAll()
    {
        KeepWrites(_writes);
        foreach (Frame frame in _frames)
        {
            frame.Condition = Keep(frame.Condition);
            KeepWrites(frame.Then);
            KeepWrites(frame.Else);
        }

        KeepExits(0);
        for (int i = 0; i < _operands.Length; i++)
        {
            _operands[i] = _operands[i].IsValid ? Keep(_operands[i]) : default;
        }

        _tables.Clear();
    }

    private void KeepWrites(List<PendingWrite> writes)
    {
        for (int i = 0; i < writes.Count; i++)
        {
            writes[i] = writes[i] with { Value = Keep(writes[i].Value) };
        }
    }

    private void Add(PendingWrite write)
    {
        List<PendingWrite> writes = _writes;
        if (_frames.Count > 0)
        {
            Frame frame = _frames[^1];
            writes = frame.InElse ? frame.Else : frame.Then;
            if (frame.IsBranch)
            {
                write = write with { Value = Keep(write.Value) };
            }
        }

        writes.RemoveAll(w => w.IsCoveredBy(write));
        writes.Add(write);
    }

    private static PendingWrite? Find(List<PendingWrite> writes, PendingWrite target)
    {
        for (int i = writes.Count - 1; i >= 0; i--)
        {
            if (writes[i].IsSameTarget(target))
            {
                return writes[i];
            }
        }

        return null;
    }

    /// <summary>The value that a target has so far: an earlier write of this instruction, or its value at entry.</summary>
    private Temp Previous(PendingWrite target)
    {
        for (int i = _frames.Count - 1; i >= 0; i--)
        {
            if (Find(_frames[i].InElse ? _frames[i].Else : _frames[i].Then, target) is { } inner)
            {
                return inner.Value;
            }
        }

        if (Find(_writes, target) is { } outer)
        {
            return outer.Value;
        }

        if (target.IsMemory && _writes.Exists(w => w.Overlaps(target)))
        {
            throw new NotSupportedException("A conditional write overlaps an earlier write of another part of the same register.");
        }

        return target.IsMemory ? LoadState(target.Key, target.Width) : Get(target.Key);
    }

    private int WidthOf(PendingWrite write) => write.IsMemory ? write.Width : _layout.Globals[write.Key].Type == TcgType.I32 ? 32 : 64;

    private Temp CurrentCondition()
    {
        Temp result = default;
        foreach (Frame frame in _frames)
        {
            Temp condition = frame.InElse ? NotCondition(frame.Condition) : frame.Condition;
            result = result.IsValid ? _tcg.And(TcgType.I32, result, condition) : condition;
        }

        return result;
    }

    private void Commit()
    {
        // A value that is itself a global which an earlier commit overwrites is read before.
        for (int i = 1; i < _writes.Count; i++)
        {
            Temp value = _writes[i].Value;
            if (_tcg.Info(value).Kind == TempKind.Global && IsOverwritten(value, i))
            {
                _writes[i] = _writes[i] with { Value = Copy(value) };
            }
        }

        foreach (PendingWrite write in _writes)
        {
            if (!write.IsMemory)
            {
                CommitGlobal(write);
                continue;
            }

            switch (write.Width)
            {
                case 8:
                    _tcg.St8(TcgType.I32, write.Value, write.Key);
                    break;
                case 16:
                    _tcg.St16(TcgType.I32, write.Value, write.Key);
                    break;
                default:
                    _tcg.St(TypeOf(write.Width), write.Value, write.Key);
                    break;
            }
        }
    }

    private void CommitGlobal(PendingWrite write)
    {
        _tcg.Mov(_tcg.Global(write.Key), write.Value);
        if (_isEnvironment[write.Key])
        {
            UnpackEnvironment(write.Key, write.Value);
        }
    }

    private bool IsOverwritten(Temp global, int before)
    {
        for (int i = 0; i < before; i++)
        {
            if (!_writes[i].IsMemory && _writes[i].Key == global.Index)
            {
                return true;
            }
        }

        return false;
    }

    private Temp Copy(Temp value)
    {
        Temp copy = _tcg.NewEbbTemp(_tcg.TypeOf(value));
        _tcg.Mov(copy, value);
        return copy;
    }

    // Key: number of the global, or bytes from env. Width: bits, for memory.
    private readonly record struct PendingWrite(bool IsMemory, int Key, int Width, Temp Value)
    {
        public bool IsSameTarget(PendingWrite other) => IsMemory == other.IsMemory && Key == other.Key && Width == other.Width;

        public bool IsCoveredBy(PendingWrite other) =>
            IsMemory == other.IsMemory && (IsMemory ? Key >= other.Key && Key + Width / 8 <= other.Key + other.Width / 8 : Key == other.Key);

        public bool Overlaps(PendingWrite other) =>
            IsMemory && other.IsMemory && Key < other.Key + other.Width / 8 && other.Key < Key + Width / 8;
    }

    private sealed class Frame(bool isBranch, Temp condition, int firstExit)
    {
        /// <summary>Exits added inside start here, those of the other side at <see cref="ElseExits"/>.</summary>
        public int FirstExit { get; } = firstExit;

        public int ElseExits { get; set; }

        public bool IsBranch { get; } = isBranch;

        public Temp Condition { get; set; } = condition;

        public bool InElse { get; set; }

        public bool HasElse { get; set; }

        public Label ElseLabel { get; init; }

        public Label EndLabel { get; set; }

        public List<PendingWrite> Then { get; } = [];

        public List<PendingWrite> Else { get; } = [];
    }
}
