using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>An op on the same values as an earlier one gives the earlier one's value, while that can still be read somewhere.</summary>
public sealed partial class Optimizer
{
    // A block of a hundred ops finds few of its own again in 64.
    private const int ReuseSlots = 256;

    // Value made by the last op of each hash: wrong guesses are found by comparing. 0 when none (a guess as good as any).
    private readonly int[] _reuse = new int[ReuseSlots];

    private static bool IsReusable(in Op op)
    {
        OpInfo info = OpInfo.Of(op.Opcode);
        return info.Inputs is 1 or 2 && info.Outputs == 1 && info.Any(OpFlags.Semantic | OpFlags.Lanes);
    }

    private static int ReuseSlot(Opcode opcode, int in0, int in1, long imm0) =>
        (int)(((uint)opcode * 31) + ((uint)in0 * 7) + ((uint)in1 * 13) + (uint)imm0) & (ReuseSlots - 1);

    private void TryReuse(ref Op op)
    {
        if (!IsReusable(op))
        {
            return;
        }

        int in0 = ValueOf(op.In0);
        int in1 = op.In1.IsValid ? ValueOf(op.In1) : -1;
        int guess = _reuse[ReuseSlot(op.Opcode, in0, in1, op.Imm0)];
        if (guess >= _valueCount)
        {
            return;
        }

        ref Value value = ref _values[guess];
        if (value.Opcode == op.Opcode && value.In0 == in0 && value.In1 == in1 && value.Imm0 == op.Imm0 && value.Imm1 == op.Imm1
            && value.Cond == op.Cond && value.Vece == op.Vece && value.Type == _context.TypeOf(op.Out0)
            && value.InputType == _context.TypeOf(op.In0) && TryRead(guess, out Temp known))
        {
            BecomeMove(ref op, known);
            op.Type = _context.TypeOf(op.Out0);
        }
    }
}
