using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Values: every definition makes one, a move copies it. A value knows a constant or the bits that may be 1, the temp that is best to read it
/// from, and the op that made it. All of it is forgotten at labels.
/// </summary>
public sealed partial class Optimizer
{
    private int[] _valueOf = new int[256];
    private int[] _valueEpoch = new int[256];
    private Value[] _values = new Value[512];
    private int _valueCount;
    private int _epoch;

    private struct Value
    {
        /// <summary>Bits that may be 1; of a constant, the constant.</summary>
        public ulong Bits;
        public bool IsConst;

        /// <summary>Highest bits that are copies of the sign; see <see cref="Optimizer.SignBits"/>.</summary>
        public int SignBits;
        public TcgType Type;

        /// <summary>A temp that held the value when last seen; see <see cref="TryRead"/>.</summary>
        public Temp Holder;

        /// <summary>The op that made it, with its inputs' values; <see cref="Opcode.Nop"/> when unknown.</summary>
        public Opcode Opcode;
        public TcgCond Cond;
        public int In0;
        public int In1;
        public long Imm0;
        public long Imm1;
        public byte Vece;
        public TcgType InputType;
    }

    private void ForgetValues()
    {
        _epoch++;
        _valueCount = 0;
        _blockEntryCount = 0;
        Array.Clear(_reuse);
    }

    private static ulong TypeMask(TcgType type) => type == TcgType.I32 ? uint.MaxValue : ulong.MaxValue;

    private void EnsureTemps()
    {
        if (_valueOf.Length < _context.TempCount)
        {
            Array.Resize(ref _valueOf, _context.TempCount * 2);
            Array.Resize(ref _valueEpoch, _context.TempCount * 2);
        }
    }

    /// <summary>Number of the value that a temp holds.</summary>
    private int ValueOf(Temp temp)
    {
        EnsureTemps();
        if (_valueEpoch[temp.Index] == _epoch)
        {
            return _valueOf[temp.Index];
        }

        int value = NewValue(temp);
        if (_context.TryConst(temp, out ulong constant) && _context.TypeOf(temp) <= TcgType.I64)
        {
            _values[value].IsConst = true;
            _values[value].Bits = constant;
        }

        return value;
    }

    /// <summary>Gives <paramref name="temp"/> a value that nothing is known of.</summary>
    private int NewValue(Temp temp)
    {
        EnsureTemps();
        if (_valueCount == _values.Length)
        {
            var grown = new Value[_values.Length * 2];
            Array.Copy(_values, grown, _valueCount);
            _values = grown;
        }

        TcgType type = _context.TypeOf(temp);
        _values[_valueCount] = new Value { Bits = TypeMask(type), Type = type, Holder = temp, In0 = -1, In1 = -1 };
        _valueOf[temp.Index] = _valueCount;
        _valueEpoch[temp.Index] = _epoch;
        return _valueCount++;
    }

    /// <summary><paramref name="destination"/> takes the value of <paramref name="source"/>.</summary>
    private void CopyValue(Temp destination, Temp source)
    {
        int value = ValueOf(source);
        EnsureTemps();
        _valueOf[destination.Index] = value;
        _valueEpoch[destination.Index] = _epoch;

        // Guest registers are the better place to read from: the temp may then be dead after the move, and its op write the register itself.
        ref Value known = ref _values[value];
        if (!Holds(known.Holder, value) || (_context.Info(destination).Kind == TempKind.Global && _context.Info(known.Holder).Kind != TempKind.Global))
        {
            known.Holder = destination;
        }
    }

    private bool Holds(Temp temp, int value) => _valueEpoch[temp.Index] == _epoch && _valueOf[temp.Index] == value;

    /// <summary>A temp to read value <paramref name="value"/> from, if there is one: a constant, or one that still holds it.</summary>
    private bool TryRead(int value, out Temp temp)
    {
        temp = default;
        if (value < 0)
        {
            return false;
        }

        ref Value known = ref _values[value];
        if (known.IsConst)
        {
            temp = _context.Const(known.Type, known.Bits);
            return true;
        }

        temp = known.Holder;
        return Holds(temp, value);
    }

    /// <summary>The best temp to read what <paramref name="temp"/> holds.</summary>
    private Temp Best(Temp temp) => TryRead(ValueOf(temp), out Temp best) ? best : temp;

    private bool IsConst(Temp temp, out ulong constant)
    {
        ref Value value = ref _values[ValueOf(temp)];
        constant = value.Bits;
        return value.IsConst;
    }

    private bool IsConst(int value, out ulong constant)
    {
        constant = value < 0 ? 0 : _values[value].Bits;
        return value >= 0 && _values[value].IsConst;
    }
}
