using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Refuses an instruction that loads from an address and stores there what it made of the value: another CPU could write in between.
/// Followed through the locals of the body; addresses are the same when they are written the same.
/// </summary>
internal sealed class LoadModifyStoreChecker
{
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<string, List<Expression>> _loadedFrom = [];

    private LoadModifyStoreChecker(DiagnosticBag diagnostics) => _diagnostics = diagnostics;

    public static void Check(InstructionItem item, DiagnosticBag diagnostics) => new LoadModifyStoreChecker(diagnostics).Visit(item.Body);

    private void Visit(Statement? statement)
    {
        switch (statement)
        {
            case BlockStatement block:
                foreach (Statement inner in block.Statements)
                {
                    Visit(inner);
                }

                break;
            case IfStatement branch:
                Visit(branch.Then);
                Visit(branch.Else);
                break;
            case ForStatement loop:
                Visit(loop.Body);
                break;
            case LetStatement let:
                foreach (Name name in let.Names)
                {
                    Remember(name.Text, let.Value);
                }

                break;
            case AssignStatement { Target: NameExpression local } assign:
                Remember(local.Name, assign.Value);
                break;
            case ExpressionStatement { Value: CallExpression { Name.Text: "store", Arguments.Count: >= 2 } store }:
                IEnumerable<Expression> sources = store.Arguments.Skip(1).SelectMany(a => Sources(a.Value));
                if (sources.Any(source => AreSame(source, store.Arguments[0].Value)))
                {
                    _diagnostics.Report(Rules.LoadModifyStore, store.Span);
                }

                break;
        }
    }

    private void Remember(string name, Expression value)
    {
        List<Expression> sources = [.. Sources(value)];
        if (_loadedFrom.TryGetValue(name, out List<Expression> known))
        {
            known.AddRange(sources);
        }
        else
        {
            _loadedFrom[name] = sources;
        }
    }

    /// <summary>Addresses of the loads that a value depends on.</summary>
    private IEnumerable<Expression> Sources(Expression value)
    {
        if (value is CallExpression { Name.Text: "load", Arguments.Count: >= 1 } load)
        {
            return [load.Arguments[0].Value];
        }

        HashSet<string> names = [];
        FreeNames.Collect(value, names);
        IEnumerable<Expression> direct = value is CallExpression call ? call.Arguments.SelectMany(a => Sources(a.Value))
            : value is BinaryExpression binary ? Sources(binary.Left).Concat(Sources(binary.Right))
            : [];
        return names.Where(_loadedFrom.ContainsKey).SelectMany(n => _loadedFrom[n]).Concat(direct);
    }

    private static bool AreSame(Expression a, Expression b) => (a, b) switch
    {
        (NameExpression x, NameExpression y) => x.Name == y.Name,
        (NumberExpression x, NumberExpression y) => x.Value == y.Value,
        (IndexExpression x, IndexExpression y) => AreSame(x.Target, y.Target) && AreSame(x.Index, y.Index),
        (MemberExpression x, MemberExpression y) => x.Member.Text == y.Member.Text && AreSame(x.Target, y.Target),
        (BinaryExpression x, BinaryExpression y) => x.Operator == y.Operator && AreSame(x.Left, y.Left) && AreSame(x.Right, y.Right),
        (CallExpression x, CallExpression y) => x.FullName == y.FullName && x.Arguments.Count == y.Arguments.Count
            && x.Arguments.Zip(y.Arguments, (p, q) => AreSame(p.Value, q.Value)).All(same => same),
        _ => false,
    };
}
