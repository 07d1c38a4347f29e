using System.Reflection;

namespace Dragoman.Tcg.Helpers;

/// <summary>
/// A C# method that translated code calls. Every helper has the shape <c>static ulong F(byte* env, ulong a0, ... a4)</c> with 0 to 5
/// arguments after <c>env</c>; 32-bit arguments come zero-extended, and vectors are passed as offsets into the vCPU block.
/// </summary>
/// <param name="Name">Name shown by <c>-d op</c>.</param>
/// <param name="Method">The method, for backends that emit a call.</param>
/// <param name="Pointer">Its function pointer, for backends that call through one.</param>
/// <param name="ArgumentCount">Arguments after <c>env</c>, 0 to 5.</param>
/// <param name="Flags">What the helper may do besides returning a value.</param>
public sealed record HelperInfo(string Name, MethodInfo Method, nint Pointer, int ArgumentCount, HelperFlags Flags);

/// <summary>What a helper may do.</summary>
[Flags]
public enum HelperFlags
{
    /// <summary>Reads and writes no guest state, cannot raise: may be removed when its result is dead, and folded with its like.</summary>
    Pure = 1,

    /// <summary>Reads guest registers: they are in the state before the call.</summary>
    ReadsState = 2,

    /// <summary>Writes guest registers: they are reloaded after the call. Implies <see cref="ReadsState"/>.</summary>
    WritesState = 4,

    /// <summary>May raise a guest exception or fault: the state and PC are those of the instruction's start.</summary>
    MayRaise = 8,

    /// <summary>Reads or writes guest memory, or what vCPUs share outside it.</summary>
    Memory = 16,
}
