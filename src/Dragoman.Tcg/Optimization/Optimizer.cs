using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Optimizes the ops of a TB in place, in two passes, each linear in their number, after copies of vector registers have been split where halves serve better. Forward: constants, copies, known bits, algebra,
/// conditions, address offsets, forwarding through the vCPU block, barriers. Backward: liveness, dead code, and results straight into
/// guest registers. Where rotations of 32 bits have been found, both once more. In the end conditions that a branch repeats become constants on its two ways.
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
    private bool _leavesExactFloat;

    private Optimizer()
    {
    }

    /// <summary>Optimizes. Any thread, each with its own context.</summary>
    /// <param name="context">The ops.</param>
    /// <param name="leavesExactFloat">Floating-point ops may leave (<see cref="Backends.CompileRequest.LeavesExactFloat"/>), and see the guest registers.</param>
    public static void Run(TcgContext context, bool leavesExactFloat = false)
    {
        t_instance ??= new Optimizer();
        t_instance._leavesExactFloat = leavesExactFloat;
        t_instance.RunOn(context);
    }

    private void RunOn(TcgContext context)
    {
        _context = context;
        MapGlobals();
        SplitVectorCopies();
        _marksRotations = true;
        _narrowRotations = 0;
        Forward();
        Backward();
        Compact();
        if (_narrowRotations != 0)
        {
            MakeNarrowRotations();
        }

        SinkConditions();
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

    /// <summary>Whether an op may leave, or a call read or change guest registers, or raise: they must then stand in the block.</summary>
    private bool ObservesGlobals(in Op op) => op.Opcode == Opcode.Call
        ? (op.Helper!.Flags & (HelperFlags.ReadsState | HelperFlags.WritesState | HelperFlags.MayRaise | HelperFlags.Memory)) != 0
        : OpInfo.Of(op.Opcode).Any(_leavesExactFloat ? OpFlags.Faults | OpFlags.Float : OpFlags.Faults);
}
