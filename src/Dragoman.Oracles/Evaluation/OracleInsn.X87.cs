using Dragoman.Tcg.Float;

namespace Dragoman.Oracles;

public unsafe partial class OracleInsn
{
    public UInt128 X87(X87Operation operation, UInt128 a, UInt128 b, UInt128 control) => X87Word.Compute(operation, a | control << 96, b);
}
