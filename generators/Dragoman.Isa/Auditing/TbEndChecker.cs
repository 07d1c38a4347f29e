using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// Refuses an instruction behind which a TB could go on with translations or a translator's knowledge that are no more: one that calls a helper which flushes a TLB,
/// or which writes registers where some are known while translating, and on some way through it neither ends its TB nor raises. What the description itself writes to
/// registers of <c>tbstate</c> ends the TB, or is followed, by itself.
/// </summary>
internal sealed class TbEndChecker
{
    private readonly bool _knowsState;
    private readonly Dictionary<BoundFunction, Way[]> _functions = [];

    private TbEndChecker(IsaModel model) => _knowsState = model.TbState.Count > 0;

    public static void Check(IsaModel model, DiagnosticBag diagnostics)
    {
        var checker = new TbEndChecker(model);
        foreach (BoundInstruction instruction in model.Instructions)
        {
            foreach (Way way in checker.Through(instruction.Body))
            {
                if (way is { Call: { } call, Ends: false })
                {
                    diagnostics.Report(Rules.TbGoesOn, call.Span, call.Helper.Name, call.Helper.Effects.Contains("tlb") ? "flushes TLBs" : "writes registers that translation knows");
                }
            }
        }
    }

    private Way[] Through(BoundFunction function)
    {
        if (!_functions.TryGetValue(function, out Way[] ways))
        {
            _functions.Add(function, ways = function.Body is null ? [default] : Through(function.Body));
        }

        return ways;
    }

    private Way[] Through(BoundStatement statement)
    {
        Way[] before = InTurn(BoundTree.Expressions(statement).Select(Through));
        switch (statement)
        {
            case BoundStaticIf or BoundRunIf:
                BoundStatement? otherwise = statement is BoundStaticIf known ? known.Else : ((BoundRunIf)statement).Else;
                BoundStatement then = BoundTree.Statements(statement).First();
                return Then(before, Either([Through(then), otherwise is null ? [default] : Through(otherwise)]));
            case BoundFor loop:
                return Then(before, Either([[default], Through(loop.Body)]));
            case BoundEndTb or BoundRaise:
                return Then(before, [new Way(null, true)]);
            default:
                return Then(before, InTurn(BoundTree.Statements(statement).Select(Through)));
        }
    }

    private Way[] Through(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundConditional choice:
                return Then(Through(choice.Condition), Either([Through(choice.WhenTrue), Through(choice.WhenFalse)]));
            case BoundMatch match:
                return Then(Through(match.Value), Either(match.Arms.Select(a => a.Value is null ? [default] : Through(a.Value))));
        }

        Way[] operands = InTurn(BoundTree.Operands(expression).Select(Through));
        return expression switch
        {
            BoundCall call => Then(operands, Through(call.Function)),
            BoundTableAccess { Access: "read" or "write" } table =>
                Then(operands, Either(table.Table.Accesses[table.Access].Select(r => r.Body is null ? [default] : Through(r.Body)))),
            BoundHelperCall call when MustEnd(call.Helper) => Then(operands, [new Way(call, false)]),
            _ => operands,
        };
    }

    private bool MustEnd(HelperSymbol helper) => helper.Effects.Contains("tlb") || _knowsState && helper.Effects.Contains("writes_state");

    private static Way[] InTurn(IEnumerable<Way[]> parts) => parts.Aggregate((Way[])[default], Then);

    private static Way[] Either(IEnumerable<Way[]> choices) => [.. choices.SelectMany(c => c).Distinct().DefaultIfEmpty()];

    private static Way[] Then(Way[] first, Way[] second) =>
        first.Length == 1 && first[0] == default ? second : [.. first.SelectMany(a => second.Select(b => new Way(a.Call ?? b.Call, a.Ends || b.Ends))).Distinct()];

    /// <summary>One way through a part of a body.</summary>
    /// <param name="Call">The first call on it behind which the TB must end, or null.</param>
    /// <param name="Ends">Whether it does.</param>
    private readonly record struct Way(BoundHelperCall? Call, bool Ends);
}
