namespace Dragoman.Tcg.Ir;

public sealed partial class TcgContext
{
    private TempInfo[] _temps;
    private int _tempCount;
    private int _labelCount;

    // Open-addressing table from constant to temp index + 1; stamped so that Reset need not clear it.
    private ConstSlot[] _constants = new ConstSlot[128];
    private int _constantCount;
    private int _stamp;

    /// <summary>Number of temps, globals and constants included.</summary>
    public int TempCount => _tempCount;

    /// <summary>Number of labels.</summary>
    public int LabelCount => _labelCount;

    /// <summary>What is known of <paramref name="temp"/>.</summary>
    public ref readonly TempInfo Info(Temp temp) => ref _temps[temp.Index];

    /// <summary>Type of <paramref name="temp"/>.</summary>
    public TcgType TypeOf(Temp temp) => _temps[temp.Index].Type;

    /// <summary>The temp with an index below <see cref="TempCount"/>.</summary>
    public static Temp TempAt(int index) => new(index);

    /// <summary>Register <paramref name="index"/> of <see cref="Globals"/>.</summary>
    public Temp Global(int index) => new(index);

    /// <summary>A temp that lives through the whole TB, across labels.</summary>
    public Temp NewTemp(TcgType type) => NewTemp(type, TempKind.Tb);

    /// <summary>A temp that is dead at the next label or branch-in.</summary>
    public Temp NewEbbTemp(TcgType type) => NewTemp(type, TempKind.Ebb);

    /// <summary>A label, to be placed once with <c>SetLabel</c>.</summary>
    public Label NewLabel() => new(_labelCount++);

    /// <summary>The constant <paramref name="value"/>, masked to <paramref name="type"/> (I32 or I64).</summary>
    public Temp Const(TcgType type, ulong value) =>
        Intern(type, type == TcgType.I32 ? (uint)value : value, 0);

    /// <summary>The constant <paramref name="value"/>, masked to <paramref name="type"/> (I32 or I64).</summary>
    public Temp Const(TcgType type, long value) => Const(type, (ulong)value);

    /// <summary>The V128 constant <paramref name="high"/>:<paramref name="low"/>.</summary>
    public Temp ConstV128(ulong low, ulong high) => Intern(TcgType.V128, low, high);

    /// <summary>Whether <paramref name="temp"/> is a constant, and its (low) value.</summary>
    public bool TryConst(Temp temp, out ulong value)
    {
        ref readonly TempInfo info = ref _temps[temp.Index];
        value = info.Value;
        return info.Kind == TempKind.Const;
    }

    /// <summary>Whether <paramref name="temp"/> is a constant.</summary>
    public bool IsConst(Temp temp) => _temps[temp.Index].Kind == TempKind.Const;

    private Temp NewTemp(TcgType type, TempKind kind)
    {
        if (_tempCount == _temps.Length)
        {
            var grown = new TempInfo[_temps.Length * 2];
            Array.Copy(_temps, grown, _tempCount);
            _temps = grown;
        }

        _temps[_tempCount] = new TempInfo { Type = type, Kind = kind };
        return new Temp(_tempCount++);
    }

    private void ResetConstants()
    {
        _constantCount = 0;
        _stamp++;
    }

    private Temp Intern(TcgType type, ulong low, ulong high)
    {
        if (_constantCount * 2 >= _constants.Length)
        {
            GrowConstants();
        }

        uint slot = Hash(type, low, high);
        while (true)
        {
            slot &= (uint)(_constants.Length - 1);
            ref ConstSlot entry = ref _constants[slot];
            if (entry.Stamp != _stamp)
            {
                Temp temp = NewTemp(type, TempKind.Const);
                _temps[temp.Index].Value = low;
                _temps[temp.Index].ValueHigh = high;
                entry = new ConstSlot(_stamp, temp.Index);
                _constantCount++;
                return temp;
            }

            ref TempInfo info = ref _temps[entry.Index];
            if (info.Value == low && info.ValueHigh == high && info.Type == type)
            {
                return new Temp(entry.Index);
            }

            slot++;
        }
    }

    private void GrowConstants()
    {
        ConstSlot[] old = _constants;
        _constants = new ConstSlot[old.Length * 2];
        foreach (ConstSlot entry in old)
        {
            if (entry.Stamp != _stamp)
            {
                continue;
            }

            ref TempInfo info = ref _temps[entry.Index];
            uint slot = Hash(info.Type, info.Value, info.ValueHigh) & (uint)(_constants.Length - 1);
            while (_constants[slot].Stamp == _stamp)
            {
                slot = (slot + 1) & (uint)(_constants.Length - 1);
            }

            _constants[slot] = entry;
        }
    }

    private static uint Hash(TcgType type, ulong low, ulong high)
    {
        ulong mixed = (low ^ (high * 0x9E3779B97F4A7C15) ^ ((ulong)type << 56)) * 0xD6E8FEB86659FD93;
        return (uint)(mixed >> 40);
    }

    private readonly record struct ConstSlot(int Stamp, int Index);
}
