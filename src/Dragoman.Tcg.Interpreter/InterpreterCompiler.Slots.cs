using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Where temps live. From env downward: a scratch slot, the constants (copied in on entry), then temps. A temp of one extended basic block
/// gives its slot back at its last use.
/// </summary>
internal sealed partial class InterpreterCompiler
{
    private const int ScratchOffset = -16;
    private const int Unplaced = int.MinValue;

    private int[] _slots = new int[256];
    private int[] _lastUse = new int[256];
    private ulong[] _constants = new ulong[32];
    private int _constantWords;
    private int _frameEnd;
    private readonly FreeSlots _free8 = new();
    private readonly FreeSlots _free16 = new();

    private int ConstantsOffset => ScratchOffset - (_constantWords * 8);

    private int FrameBytes => -_frameEnd;

    /// <summary>Finds last uses, gives constants their slots.</summary>
    private void PrepareSlots()
    {
        int temps = _context.TempCount;
        if (_slots.Length < temps)
        {
            _slots = new int[temps * 2];
            _lastUse = new int[temps * 2];
        }

        for (int i = 0; i < temps; i++)
        {
            _slots[i] = Unplaced;
            _lastUse[i] = -1;
        }

        _free8.Clear();
        _free16.Clear();
        _constantWords = 0;
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
            int inputs = op.InputCount;
            for (int k = 0; k < inputs; k++)
            {
                Temp temp = op.In(k);
                _lastUse[temp.Index] = i;
                if (_slots[temp.Index] == Unplaced && _context.Info(temp).Kind == TempKind.Const && !IsInline(op, k))
                {
                    AddConstant(temp);
                }
            }
        }

        // Word numbers become offsets now that their number is known.
        int start = ConstantsOffset;
        for (int i = 0; i < temps; i++)
        {
            ref readonly TempInfo info = ref _context.Info(TcgContext.TempAt(i));
            if (info.Kind == TempKind.Global)
            {
                _slots[i] = info.Offset;
            }
            else if (_slots[i] != Unplaced)
            {
                _slots[i] = start + (_slots[i] * 8);
            }
        }

        _frameEnd = start;
    }

    /// <summary>Whether a constant input is part of the instruction.</summary>
    private bool IsInline(in Op op, int input) => op.Opcode switch
    {
        Opcode.Mov or Opcode.St or Opcode.St32 => input == 0 && _context.TypeOf(op.In0) <= TcgType.I64,
        _ => input == 1 && CodeSelection.HasImmediateForm(op.Opcode),
    };

    private void AddConstant(Temp temp)
    {
        ref readonly TempInfo info = ref _context.Info(temp);
        if (_constantWords + 2 > _constants.Length)
        {
            Array.Resize(ref _constants, _constants.Length * 2);
        }

        _slots[temp.Index] = _constantWords;
        _constants[_constantWords++] = info.Value;
        if (info.Type == TcgType.V128)
        {
            _constants[_constantWords++] = info.ValueHigh;
        }
    }

    /// <summary>Place of an input.</summary>
    private int Use(Temp temp)
    {
        int slot = _slots[temp.Index];
        return slot != Unplaced ? slot : Place(temp);
    }

    /// <summary>Gives the slots of inputs that die at op <paramref name="index"/> back: its output may take them, since every case reads before it writes.</summary>
    private void Release(in Op op, int index)
    {
        int inputs = op.InputCount;
        for (int k = 0; k < inputs; k++)
        {
            Temp temp = op.In(k);
            if (_lastUse[temp.Index] == index && _context.Info(temp).Kind == TempKind.Ebb)
            {
                _lastUse[temp.Index] = -1;
                (IsWide(temp) ? _free16 : _free8).Push(_slots[temp.Index]);
                _slots[temp.Index] = Unplaced;
            }
        }
    }

    /// <summary>Place of an output; the scratch slot when there is none or nobody reads it.</summary>
    private int Define(Temp temp, int index)
    {
        if (!temp.IsValid)
        {
            return ScratchOffset;
        }

        if (_slots[temp.Index] != Unplaced)
        {
            return _slots[temp.Index];
        }

        return _context.Info(temp).Kind == TempKind.Ebb && _lastUse[temp.Index] < index ? ScratchOffset : Place(temp);
    }

    private int Place(Temp temp)
    {
        bool wide = IsWide(temp);
        FreeSlots free = wide ? _free16 : _free8;
        if (!free.TryPop(out int slot))
        {
            _frameEnd -= wide ? 16 : 8;
            slot = _frameEnd;
            if (_frameEnd < -VcpuBlock.FrameBytes)
            {
                throw new InvalidOperationException("The TB has more temps than the interpreter's frame can hold.");
            }
        }

        _slots[temp.Index] = slot;
        return slot;
    }

    private bool IsWide(Temp temp) => _context.TypeOf(temp) is TcgType.V128;
}
