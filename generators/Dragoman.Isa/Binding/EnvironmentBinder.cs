using System.Linq;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>Binds an <c>fpenv</c>: which register parts steer floating point and which collect its exceptions.</summary>
internal static class EnvironmentBinder
{
    private static readonly HashSet<string> s_fields =
        ["rounding", "flush", "flush_inputs", "flush_outputs", "default_nan", "alt_half", "sticky", "summary", "enable", "mask"];

    private static readonly Dictionary<string, string> s_nanRules = new() { ["arm"] = "Arm", ["sse"] = "X86Sse", ["x86"] = "X86Sse", ["x87"] = "X87", ["alpha"] = "Alpha" };

    // FpRounding's numbers.
    private static readonly Dictionary<string, int> s_directions = new() { ["nearest"] = 0, ["up"] = 1, ["down"] = 2, ["zero"] = 3 };

    public static FpEnvironment Bind(FpEnvEntry entry, IsaModel model, DiagnosticBag diagnostics)
    {
        Dictionary<string, FpField> fields = [];
        string nan = "Arm";
        bool trapsAfter = false;
        foreach (Setting setting in entry.Settings)
        {
            string word = setting.Value is NameExpression name ? name.Name : "";
            switch (setting.Name.Text)
            {
                case "nan" when s_nanRules.TryGetValue(word, out string rule):
                    nan = rule;
                    break;
                case "traps" when word is "before" or "after":
                    trapsAfter = word == "after";
                    break;
                case string field when s_fields.Contains(field) && setting.Value is not null && BindField(field, setting.Value, model) is { } bound:
                    fields[field] = bound;
                    break;
                default:
                    diagnostics.Report(Rules.BadFpSetting, setting.Span, setting.Name.Text);
                    break;
            }
        }

        return new FpEnvironment(entry.Name.Text, fields, nan, trapsAfter);
    }

    private static FpField? BindField(string field, Expression value, IsaModel model)
    {
        ulong map = FpField.Identity;
        if (field == "rounding" && value is MatchExpression match)
        {
            if (BindDirections(match) is not { } directions)
            {
                return null;
            }

            map = directions;
            value = match.Value;
        }

        List<FpPart> parts = [];
        IEnumerable<Expression> slices = value is CallExpression { Name.Text: "cat" } cat ? cat.Arguments.Select(a => a.Value) : [value];
        foreach (Expression slice in slices)
        {
            if (BindPart(slice, model) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        return new FpField(parts, map);
    }

    private static ulong? BindDirections(MatchExpression match)
    {
        ulong map = 0;
        foreach (MatchArm arm in match.Arms)
        {
            if (arm.Value is not NameExpression name || !s_directions.TryGetValue(name.Name, out int direction))
            {
                return null;
            }

            foreach (MatchPattern pattern in arm.Patterns)
            {
                if (pattern is not ValuePattern { Value: NumberExpression number } || number.Value > 15)
                {
                    return null;
                }

                map |= (ulong)direction << ((int)number.Value * 4);
            }
        }

        return map;
    }

    private static FpPart? BindPart(Expression value, IsaModel model)
    {
        switch (value)
        {
            case MemberExpression { Target: NameExpression owner } member when model.FindRegister(owner.Name) is { } register
                && register.Parts.FirstOrDefault(p => p.Name.Text == member.Member.Text) is { } part:
                return new FpPart(register, part.High, part.Low);
            case SliceExpression { Target: NameExpression owner, High: NumberExpression high, Low: NumberExpression low } when model.FindRegister(owner.Name) is { } register
                && high.Value >= low.Value && high.Value < register.Width:
                return new FpPart(register, (int)high.Value, (int)low.Value);
            default:
                return null;
        }
    }
}
