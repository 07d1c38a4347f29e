using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// Refuses an instruction that loads from a location and then stores to it, in part or whole: another CPU could write in between. Whatever is stored: what was made
/// of the loaded value, what was chosen by it, or something else, which makes an exchange. Followed through locals, functions, views, tables and loops. Of a guest
/// whose prefix makes accesses atomic only the bodies under it are looked at: the others may be interleaved with, as their manual says.
/// </summary>
internal sealed class LoadModifyStoreChecker
{
    private readonly DiagnosticBag _diagnostics;
    private readonly SymbolicEvaluator _evaluator;

    private LoadModifyStoreChecker(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        _evaluator = new SymbolicEvaluator(OnStore);
    }

    public static void Check(IsaModel model, AccessReader reader, IReadOnlyList<(BoundInstruction Instruction, MemoryAccess[] Accesses)> instructions, DiagnosticBag diagnostics)
    {
        HashSet<BoundInstruction>? locked = model.Bytes is { Lock: not null } bytes ? [.. bytes.Bodies.Values.Where(b => b.IsLocked).Select(b => b.Instruction)] : null;
        var checker = new LoadModifyStoreChecker(diagnostics);
        foreach ((BoundInstruction instruction, MemoryAccess[] accesses) in instructions)
        {
            // Nothing that only loads or only stores can be wrong.
            if (accesses.Any(a => a.IsLoad) && accesses.Any(a => a.IsStore) && (locked is null || locked.Contains(instruction)))
            {
                checker._evaluator.Run(instruction.Body, reader.OperandsInMemory(instruction));
            }
        }
    }

    private void OnStore(Syntax.TextSpan span, MemoryRange place, IReadOnlyCollection<MemoryRange> loaded)
    {
        if (loaded.Any(place.Overlaps))
        {
            _diagnostics.Report(Rules.LoadModifyStore, span);
        }
    }
}
