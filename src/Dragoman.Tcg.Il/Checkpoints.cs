using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds loads at which nothing need be stored: when one of them faults, the vCPU block still holds the state of the access before it in its basic block, the checkpoint,
/// and the runtime runs the instructions from there on one by one, up to the fault.
/// </summary>
/// <remarks>
/// That gives the same state as long as nothing but loads and computation lies between, and nothing between writes the block: registers wait in their locals until
/// the next checkpoint (<see cref="GlobalFlow.FindLastWrites"/>). A checkpoint is a load, with which the instructions begin, or an instruction that only stores
/// (<see cref="Op.OnlyStores"/>): when a load faults behind that, the store has been done, and they begin behind it.
/// </remarks>
internal static class Checkpoints
{
    private const MemOp Ordered = MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst;
    private const MemOp Aligned = MemOp.Align | MemOp.Align16 | MemOp.Within16;

    /// <summary>Sets <see cref="Op.LeavesStateBehind"/> of the loads. None where registers of 32 bits are written: those may be left as recipes, which are notes in the block.</summary>
    public static void Mark(TcgContext tcg, in CompileRequest request)
    {
        bool mayMark = request.LeavesOddAddresses && request.SoftMmuPageBits == 0 && !WritesNarrowRegisters(tcg);
        bool isOpen = false, isPlainStore = false;
        foreach (ref Op op in tcg.Ops)
        {
            switch (op.Opcode)
            {
                case Opcode.InsnStart:
                    isPlainStore = op.OnlyStores;
                    break;
                case Opcode.QemuLd when ((MemOp)op.Imm1 & (Ordered | Aligned)) == 0:
                    op.LeavesStateBehind = mayMark && isOpen;
                    isOpen = true;
                    break;
                case Opcode.QemuSt:
                    isOpen = isPlainStore;
                    break;
                default:
                    isOpen &= !TcgContext.HasEffect(op);
                    break;
            }
        }
    }

    private static bool WritesNarrowRegisters(TcgContext tcg)
    {
        foreach (ref readonly Op op in tcg.Ops)
        {
            if (op.Out0.IsValid && op.Out0.Index < tcg.Globals.Count && tcg.Globals[op.Out0.Index].Type == TcgType.I32)
            {
                return true;
            }
        }

        return false;
    }
}
