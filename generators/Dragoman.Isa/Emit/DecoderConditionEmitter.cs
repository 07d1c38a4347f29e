using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>Emits the predicates that the decision tree asks: <c>When_NAME</c> and <c>Unallocated_NAME</c>.</summary>
internal static class DecoderConditionEmitter
{
    /// <summary>Whether an instruction has encodings that only a test of its fields refuses.</summary>
    public static bool HasUnallocated(InstructionItem item) => item.Unallocated.Count > 0 || HasUnallocatedLet(item);

    /// <summary>Whether a <c>let</c> has an arm that is <c>unallocated</c>.</summary>
    public static bool HasUnallocatedLet(InstructionItem item) => item.Lets.Any(l => HasUnallocatedArm(l.Value));

    public static EmittedSource Emit(IsaModel model, DecoderModel decoder, DiagnosticBag diagnostics)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
        string word = DecoderEmitter.WordType(decoder.UnitBits);
        using (writer.Open("public static partial class Decoder"))
        {
            bool first = true;
            foreach (InstructionEncoding encoding in decoder.Encodings)
            {
                if (encoding.Item.When.Count > 0)
                {
                    var scope = new HeaderScope(model, encoding, diagnostics);
                    Write("When", encoding, scope, string.Join(" && ", encoding.Item.When.Select(scope.Condition)));
                }

                if (HasUnallocated(encoding.Item))
                {
                    var scope = new HeaderScope(model, encoding, diagnostics);
                    IEnumerable<string> conditions = encoding.Item.Lets.Select(l => scope.TakesUnallocatedArm(l.Value)).OfType<string>().Concat(encoding.Item.Unallocated.Select(scope.Condition));
                    Write("Unallocated", encoding, scope, string.Join(" || ", conditions.ToArray()));
                }
            }

            void Write(string kind, InstructionEncoding encoding, HeaderScope scope, string condition)
            {
                if (!first)
                {
                    writer.Line();
                }

                first = false;
                using (writer.Open($"private static bool {kind}_{encoding.Item.Name.Text}({word} insn)"))
                {
                    scope.WritePrelude(writer, "insn", decoder.UnitBits);
                    writer.Line($"return {condition};");
                }
            }
        }

        return new EmittedSource($"{model.Name}.Decoder.Conditions.g.cs", writer.ToString());
    }

    private static bool HasUnallocatedArm(Expression expression) => expression switch
    {
        UnallocatedExpression => true,
        MatchExpression match => match.Arms.Any(a => HasUnallocatedArm(a.Value)),
        ConditionalExpression conditional => HasUnallocatedArm(conditional.WhenTrue) || HasUnallocatedArm(conditional.WhenFalse),
        _ => false,
    };
}
