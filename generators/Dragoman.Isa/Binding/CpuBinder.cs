using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>Binds features and CPU models. A feature is declared by the instructions that belong to it.</summary>
internal static class CpuBinder
{
    private const int MaxFeatures = 64;

    public static void Bind(IReadOnlyList<Item> items, IsaModel model, Func<Expression, BoundExpression> bind, DiagnosticBag diagnostics)
    {
        Name[] features = 
        [
            .. items.OfType<InstructionItem>().SelectMany(i => i.Features)
                .Concat(items.OfType<RowInstructionItem>().SelectMany(i => i.Features.Concat(i.Rows.SelectMany(r => r.Features))))
                .Select(f => f.Feature),
        ];
        model.Features = [.. features.Select(f => f.Text).Distinct().OrderBy(f => f, StringComparer.Ordinal)];
        if (model.Features.Count > MaxFeatures)
        {
            diagnostics.Report(Rules.TooManyFeatures, features.Last().Span, model.Features.Count, MaxFeatures);
        }

        BindNeeds(items.OfType<NeedsItem>(), model, diagnostics);
        CpuItem[] cpus = [.. items.OfType<CpuItem>()];
        model.CpuValues = [.. cpus.SelectMany(c => c.Values).Select(v => v.Name.Text).Distinct()];
        foreach (CpuItem cpu in cpus)
        {
            CpuSymbol bound = Bind(cpu, model, bind, diagnostics);
            if (model.Cpus.Exists(c => c.Name == bound.Name))
            {
                diagnostics.Report(Rules.DuplicateName, cpu.Name.Span, bound.Name);
            }

            foreach (string open in model.CpuValues.Where(v => !bound.Values.ContainsKey(v)))
            {
                diagnostics.Report(Rules.MissingCpuValue, cpu.Name.Span, bound.Name, open, cpus.First(c => c.Values.Any(v => v.Name.Text == open)).Name.Text);
            }

            model.Cpus.Add(bound);
        }

        if (cpus.Length == 0)
        {
            model.Cpus.Add(new CpuSymbol("max", "Everything described", [.. model.Features], new Dictionary<string, long>()));
        }
    }

    private static void BindNeeds(IEnumerable<NeedsItem> items, IsaModel model, DiagnosticBag diagnostics)
    {
        foreach (NeedsItem item in items)
        {
            foreach (Name unknown in item.Dependents.Append(item.Name).Where(n => !model.Features.Contains(n.Text)))
            {
                diagnostics.Report(Rules.UnknownFeature, unknown.Span, unknown.Text);
            }

            foreach (Name dependent in item.Dependents)
            {
                if (!model.Needs.TryGetValue(dependent.Text, out HashSet<string> needs))
                {
                    model.Needs[dependent.Text] = needs = [];
                }

                needs.Add(item.Name.Text);
            }
        }
    }

    private static CpuSymbol Bind(CpuItem cpu, IsaModel model, Func<Expression, BoundExpression> bind, DiagnosticBag diagnostics)
    {
        SortedSet<string> features = new(StringComparer.Ordinal);
        Dictionary<string, long> values = [];
        foreach (CpuPart part in cpu.Parts)
        {
            if (part.IsModel && model.Cpus.Find(c => c.Name == part.Name.Text) is { } other)
            {
                features.UnionWith(other.Features);
                foreach (KeyValuePair<string, long> value in other.Values)
                {
                    values[value.Key] = value.Value;
                }
            }
            else if (part.IsModel)
            {
                diagnostics.Report(Rules.UnknownCpu, part.Name.Span, part.Name.Text);
            }
            else if (part.Name.Text == "all")
            {
                features.UnionWith(model.Features);
            }
            else if (model.Features.Contains(part.Name.Text))
            {
                features.Add(part.Name.Text);
            }
            else
            {
                diagnostics.Report(Rules.UnknownFeature, part.Name.Span, part.Name.Text);
            }
        }

        foreach (CpuValue value in cpu.Values)
        {
            BoundExpression bound = bind(value.Value);
            if (bound is BoundConstant { Type.IsInt: true } constant && constant.Value >= long.MinValue && constant.Value <= long.MaxValue)
            {
                values[value.Name.Text] = (long)constant.Value;
                continue;
            }

            // Given, though not as it should be: one mistake is one message.
            values[value.Name.Text] = 0;
            if (!bound.Type.IsError)
            {
                diagnostics.Report(Rules.TypeMismatch, value.Value.Span, "a number known when the project builds", bound.Type);
            }
        }

        return new CpuSymbol(cpu.Name.Text, cpu.Documentation, features, values);
    }
}
