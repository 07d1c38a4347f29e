using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Optimizes the ops of a TB in place, in two passes, each linear in their number, after copies of vector registers have been split where halves serve better. Forward: constants, copies, known bits, algebra,
/// conditions, address offsets, forwarding through the vCPU block, barriers. Backward: liveness, dead code, and results straight into
/// guest registers.
/// </summary>
/// <remarks>
/// What may not change: which ops fault and in what order, the guest registers in the block at every op that can fault, call or leave,
/// and the order of memory accesses.
/// </remarks>
public sealed partial class Optimizer
{
    [ThreadStatic]
    private static Optimizer? t_instance;

    private TcgContext _context = null!;

    private Optimizer()
    {
    }

    /// <summary>Optimizes. Any thread, each with its own context.</summary>
    public static void Run(TcgContext context)
    {
        t_instance ??= new Optimizer();
        t_instance.RunOn(context);
    }

    private void RunOn(TcgContext context)
    {
        _context = context;
        MapGlobals();
        SplitVectorCopies();
        Forward();
        Backward();
        Compact();
        _context = null!;
    }

    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.Nop)
            {
                continue;
            }

            if (kept != i)
            {
                _context.OpAt(kept) = op;
            }

            kept++;
        }

        _context.Truncate(kept);
    }

    private static void Remove(ref Op op) => op = default;

    /// <summary>Whether a call may read or change guest registers, or raise: they must then stand in the block.</summary>
    private static bool ObservesGlobals(in Op op) => op.Opcode == Opcode.Call
        ? (op.Helper!.Flags & (HelperFlags.ReadsState | HelperFlags.WritesState | HelperFlags.MayRaise | HelperFlags.Memory)) != 0
        : OpInfo.Of(op.Opcode).Has(OpFlags.Faults);
}
