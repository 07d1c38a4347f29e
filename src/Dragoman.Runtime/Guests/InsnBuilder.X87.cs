using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    private const int X87ControlBit = 96;

    /// <summary>An operation on double extended values of 80 bits: its result and what it says of itself, as <see cref="X87Word"/> lays them out.</summary>
    public Temp X87(X87Operation operation, Temp a, Temp b, Temp control)
    {
        Temp controlled = _tcg.OrVec(a, Shl(128, Zx(32, 128, control), X87ControlBit));
        return _tcg.X87(controlled, b, (int)operation);
    }
}
