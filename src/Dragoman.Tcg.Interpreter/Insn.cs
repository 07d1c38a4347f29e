using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// One pre-decoded instruction. Operands are bytes from <c>env</c>: guest registers and the vCPU block at positive offsets, the
/// interpreter's frame at negative ones. What each field holds is told where the code is emitted.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Insn
{
    public Code Code;

    /// <summary>Small immediates, a byte each; a MemOp; or a 16-bit address offset.</summary>
    public ushort Aux;

    /// <summary>Destination; of branches the distance in bytes.</summary>
    public int D;
    public int A;
    public int B;

    /// <summary>A constant operand, or the third and fourth operands in its halves.</summary>
    public long Imm;
}
