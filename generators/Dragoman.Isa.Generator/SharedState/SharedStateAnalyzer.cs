using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dragoman.Isa.Generator.SharedState;

/// <summary>
/// The audit's rules for C#: what is marked <c>[Shared]</c> is written with the big lock held or in queued work; what is marked <c>[UnderBigLock]</c> is called with it
/// held; what is marked <c>[FlushesTlb]</c> is called by a helper that its description marks <c>tlb</c>, or in queued work.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedStateAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_unlocked = new(
        "ISA4013", "Shared state without the big lock", "'{0}' {1}", "Dragoman.Isa", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static readonly DiagnosticDescriptor s_flush = new(
        "ISA4014", "Flush that the description does not say", "'{0}' flushes TLBs: write 'tlb' behind the helper that calls it, so that the audit sees to the end of its TB", "Dragoman.Isa", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_unlocked, s_flush];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(CheckCall, OperationKind.Invocation);
        context.RegisterOperationAction(
            CheckWrite, OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment, OperationKind.DeconstructionAssignment,
            OperationKind.Increment, OperationKind.Decrement, OperationKind.Argument);
    }

    private static void CheckCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        Surroundings around = new(context);
        if (Marks.WantsBigLock(call.TargetMethod) && !around.HoldBigLock)
        {
            context.ReportDiagnostic(Diagnostic.Create(s_unlocked, call.Syntax.GetLocation(), call.TargetMethod.Name, "wants the big lock, which is not held here"));
        }

        if (Marks.Has(call.TargetMethod, Marks.FlushesTlb) && !around.MayFlush)
        {
            context.ReportDiagnostic(Diagnostic.Create(s_flush, call.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }

    private static void CheckWrite(OperationAnalysisContext context)
    {
        foreach (IOperation target in Targets(context.Operation))
        {
            foreach (ISymbol symbol in Written(target))
            {
                Surroundings around = new(context);
                if (Marks.Has(symbol, Marks.Shared) && !around.HoldBigLock && !around.AreQueued && !around.Construct(symbol))
                {
                    context.ReportDiagnostic(Diagnostic.Create(s_unlocked, target.Syntax.GetLocation(), symbol.Name, "is shared, and written here without the big lock and outside queued work"));
                }
                else if (symbol is IPropertySymbol { SetMethod: { } setter } && Marks.WantsBigLock(setter) && !around.HoldBigLock && !around.Construct(symbol))
                {
                    context.ReportDiagnostic(Diagnostic.Create(s_unlocked, target.Syntax.GetLocation(), symbol.Name, "wants the big lock, which is not held here"));
                }
            }
        }
    }

    private static IEnumerable<IOperation> Targets(IOperation operation) => operation switch
    {
        IDeconstructionAssignmentOperation { Target: ITupleOperation tuple } => tuple.Elements,
        IAssignmentOperation assignment => [assignment.Target],
        IIncrementOrDecrementOperation step => [step.Target],
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => [argument.Value],
        _ => [],
    };

    // The object of an initializer is nobody else's yet. A register of the vCPU block is written where its offset stands in the target.
    private static IEnumerable<ISymbol> Written(IOperation target) => target switch
    {
        IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } } => [],
        IFieldReferenceOperation field => [field.Field],
        IPropertyReferenceOperation { Property: { IsIndexer: false } property } => [property],
        _ => target.DescendantsAndSelf().OfType<IFieldReferenceOperation>().Select(f => f.Field).Where(f => f.IsConst || target is IArrayElementReferenceOperation),
    };
}
