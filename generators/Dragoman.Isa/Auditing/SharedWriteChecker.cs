using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// Refuses a description that writes a register marked <c>shared</c>: other threads have it too, and translated code holds no lock. A helper in C# may, under the big
/// lock or in queued work; the analyzer of C# sees to that.
/// </summary>
internal static class SharedWriteChecker
{
    public static void Check(IsaModel model, DiagnosticBag diagnostics)
    {
        IEnumerable<BoundFunction> written = model.Functions.Concat(model.Instructions.Select(i => i.Body));
        foreach (BoundStatement statement in written.Where(f => f.Body is not null).SelectMany(f => BoundTree.AllStatements(f.Body!)))
        {
            RegisterSymbol? register = statement is BoundRegisterWrite whole ? whole.Register : (statement as BoundPartWrite)?.Register;
            if (register is { IsShared: true })
            {
                diagnostics.Report(Rules.SharedWrite, statement.Span, register.Name);
            }
        }
    }
}
