using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Turns operand forms into what the rest of the language has: a form becomes a function of its bits for the value and a static one for the text,
/// an instruction's <c>b:Form</c> a field <c>b</c>, which its body and its text see through those functions.
/// </summary>
public sealed class OperandFormExpander
{
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<string, OperandFormItem> _forms = [];

    private OperandFormExpander(DiagnosticBag diagnostics) => _diagnostics = diagnostics;

    /// <summary>The items without forms.</summary>
    public static Item[] Expand(IReadOnlyList<Item> items, DiagnosticBag diagnostics)
    {
        var expander = new OperandFormExpander(diagnostics);
        foreach (OperandFormItem form in items.OfType<OperandFormItem>())
        {
            expander._forms[form.Name.Text] = form;
        }

        return [.. items.SelectMany(expander.Expand)];
    }

    private IEnumerable<Item> Expand(Item item) => item switch
    {
        OperandFormItem form => Functions(form),
        InstructionItem instruction when instruction.Pattern.OfType<FormBits>().Any() => [Rewrite(instruction)],
        _ => [item],
    };

    // The value: fn Opb(bits) = match bits { 0b????????0: Opb_0(bits[8:4]), .. }, and Opb_text likewise.
    private IEnumerable<Item> Functions(OperandFormItem form)
    {
        var bits = new NameExpression(form.Span, "bits");
        List<MatchArm> values = [];
        List<MatchArm> texts = [];
        List<BitsPattern> patterns = [];
        List<Item> items = [];
        foreach (OperandAlternative alternative in form.Alternatives)
        {
            if (alternative.Pattern.Sum(p => p.Width) != form.Width || alternative.Pattern.OfType<FormBits>().Any())
            {
                _diagnostics.Report(Rules.PatternWidth, alternative.Span, form.Name.Text, alternative.Pattern.Sum(p => p.Width), form.Width);
                return [];
            }

            BigInteger mask = 0;
            BigInteger value = 0;
            int low = form.Width;
            List<(Name Name, SliceExpression Bits)> fields = [];
            foreach (EncodingPart part in alternative.Pattern)
            {
                low -= part.Width;
                if (part is FixedBits digits)
                {
                    mask |= ((BigInteger.One << part.Width) - 1) << low;
                    value |= (BigInteger)Convert.ToUInt64(digits.Digits, 2) << low;
                }
                else if (part is FieldBits field)
                {
                    fields.Add((field.Name, new SliceExpression(field.Span, bits, Number(field.Span, low + part.Width - 1), Number(field.Span, low))));
                }
            }

            string name = $"{form.Name.Text}_{items.Count / 2}";
            var pattern = new BitsPattern(alternative.Span, mask, value, form.Width);
            patterns.Add(pattern);
            values.Add(new MatchArm(alternative.Span, [pattern], Call(alternative.Span, name, [.. fields.Select(f => (Expression)f.Bits)])));
            texts.Add(new MatchArm(alternative.Span, [pattern], Call(alternative.Span, name + "_text", [.. fields.Select(f => (Expression)f.Bits)])));
            items.Add(Function(alternative.Span, form, name, [.. fields.Select(f => f.Name)], isStatic: false, alternative.Value));
            items.Add(Function(alternative.Span, form, name + "_text", [.. fields.Select(f => f.Name)], isStatic: true, alternative.Text));
        }

        if (form.Width > 16 || Enumerable.Range(0, 1 << form.Width).Any(v => !patterns.Exists(p => (v & p.Mask) == p.Value)))
        {
            _diagnostics.Report(Rules.NotExhaustive, form.Name.Span);
            return [];
        }

        values[values.Count - 1] = values[values.Count - 1] with { Patterns = [new AnyPattern(form.Span)] };
        texts[texts.Count - 1] = texts[texts.Count - 1] with { Patterns = [new AnyPattern(form.Span)] };
        var parameter = new Name(form.Span, "bits");
        return
        [
            .. items,
            Function(form.Span, form, form.Name.Text, [parameter], isStatic: false, new MatchExpression(form.Span, bits, values)),
            Function(form.Span, form, form.Name.Text + "_text", [parameter], isStatic: true, new MatchExpression(form.Span, bits, texts)),
        ];
    }

    private InstructionItem Rewrite(InstructionItem item)
    {
        Dictionary<string, string> forms = [];
        List<EncodingPart> pattern = [];
        List<Statement> body = [];
        foreach (EncodingPart part in item.Pattern)
        {
            if (part is not FormBits bits)
            {
                pattern.Add(part);
            }
            else if (_forms.TryGetValue(bits.Form.Text, out OperandFormItem form))
            {
                forms[bits.Name.Text] = form.Name.Text;
                pattern.Add(new FieldBits(bits.Span, form.Width, bits.Name, false));
                Expression value = Call(bits.Span, form.Name.Text, [new NameExpression(bits.Span, bits.Name.Text)]);
                body.Add(new LetStatement(bits.Span, false, [bits.Name], null, value));
            }
            else
            {
                _diagnostics.Report(Rules.UnknownName, bits.Form.Span, bits.Form.Text);
            }
        }

        body.AddRange(item.Body.Statements);
        return item with
        {
            Pattern = pattern,
            Body = new BlockStatement(item.Body.Span, body),
            Asm = item.Asm is null ? null : Text(item.Asm, forms),
            Aliases = [.. item.Aliases.Select(a => a with { Text = Text(a.Text, forms) })],
        };
    }

    // In a hole of its own the operand's name is its text.
    private static Expression Text(Expression text, Dictionary<string, string> forms) => text switch
    {
        StringExpression written => written with
        {
            Parts = [.. written.Parts.Select(p => p is HolePart { Value: NameExpression name, Format: null } hole && forms.TryGetValue(name.Name, out string form)
                ? hole with { Value = Call(hole.Span, form + "_text", [name]) }
                : p)],
        },
        ConditionalExpression choice => choice with { WhenTrue = Text(choice.WhenTrue, forms), WhenFalse = Text(choice.WhenFalse, forms) },
        MatchExpression match => match with { Arms = [.. match.Arms.Select(a => a with { Value = Text(a.Value, forms) })] },
        _ => text,
    };

    private static FunctionItem Function(TextSpan span, OperandFormItem form, string name, IReadOnlyList<Name> parameters, bool isStatic, Expression value) =>
        new(span, new Name(form.Name.Span, name), form.Documentation, isStatic,
            [.. parameters.Select(p => new Parameter(p.Span, p, isStatic ? new NamedTypeSyntax(p.Span, "int") : null, false))],
            isStatic ? new NamedTypeSyntax(span, "str") : null, value, null);

    private static CallExpression Call(TextSpan span, string name, IReadOnlyList<Expression> arguments) =>
        new(span, new Name(span, name), [], null, [], [.. arguments.Select(a => new Argument(null, a))], []);

    private static NumberExpression Number(TextSpan span, int value) => new(span, value, 0);
}
