using System.Reflection.Emit;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// What the emission generated from <c>isa/tcg/ops.tcg</c> (<c>OpEmitter.TryEmit</c>) needs of the hand-written half: where temps live.
/// </summary>
internal abstract class IlOpContext
{
    /// <summary>The method under construction.</summary>
    public abstract ILGenerator Il { get; }

    /// <summary>The ops' context, for types and constants.</summary>
    public abstract TcgContext Tcg { get; }

    /// <summary>Pushes a temp's value: int32 for I32, int64 for I64, <c>Vector128&lt;byte&gt;</c> for V128; constants as literals.</summary>
    public abstract void Push(Temp temp);

    /// <summary>Pops the stack into a temp; the stack holds the temp's own type.</summary>
    public abstract void Pop(Temp temp);

    /// <summary>Pushes <c>env</c> (a native int).</summary>
    public abstract void PushEnv();
}
