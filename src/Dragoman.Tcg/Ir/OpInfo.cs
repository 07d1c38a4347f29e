namespace Dragoman.Tcg.Ir;

/// <summary>One row of the op table, for passes and backends. The table itself is generated from <c>isa/tcg/ops.tcg</c>.</summary>
/// <param name="Name">Name in the op table, as <c>-d op</c> prints it.</param>
/// <param name="Outputs">0 or 1.</param>
/// <param name="Inputs">0 to 4 (calls: see <see cref="Op.InputCount"/>).</param>
/// <param name="Immediates">0 to 3, in <see cref="Op.Imm0"/> and on.</param>
/// <param name="HasCond"><see cref="Op.Cond"/> counts.</param>
/// <param name="HasLabel"><see cref="Op.Label"/> counts.</param>
/// <param name="Flags">Attributes.</param>
public sealed partial record OpInfo(string Name, int Outputs, int Inputs, int Immediates, bool HasCond, bool HasLabel, OpFlags Flags)
{
    /// <summary>The row of <paramref name="opcode"/>.</summary>
    public static OpInfo Of(Opcode opcode) => Table[(int)opcode];

    /// <summary>Whether all of <paramref name="flags"/> are set.</summary>
    public bool Has(OpFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether any of <paramref name="flags"/> is set.</summary>
    public bool Any(OpFlags flags) => (Flags & flags) != 0;
}
