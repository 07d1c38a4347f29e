using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    private const int X87ControlBit = 32;

    /// <summary>
    /// An operation on double extended values of 80 bits: its result and what it says of itself, as <see cref="X87Word"/> lays them out. <paramref name="control"/> is the control
    /// word, and in the upper half the exceptions already known.
    /// </summary>
    public Temp X87(X87Operation operation, Temp a, Temp b, Temp control)
    {
        ((Temp low, Temp high), (Temp otherLow, Temp otherHigh)) = (Halves(a), Halves(b));
        Temp controlled = _tcg.Or(TcgType.I64, high, Shl(64, Zx(32, 64, control), X87ControlBit));
        return _tcg.ConcatI64V128(
            _tcg.X87Lo(low, controlled, otherLow, otherHigh, (int)operation), _tcg.X87Hi(low, controlled, otherLow, otherHigh, (int)operation));
    }
}
