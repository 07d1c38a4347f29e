using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits static code over an instruction's fields as a C# method.</summary>
internal static class StaticMethodEmitter
{
    private static readonly CSharpExpressionPrinter s_expressions = new("ulong", "(long)pc");

    /// <param name="header">The method's signature.</param>
    /// <param name="unitBits">Bits of the parameter <c>insn</c>, the instruction word.</param>
    public static void Emit(CSharpWriter writer, string header, StaticMethod method, int unitBits)
    {
        if (method is { Fields.Count: 0, Prelude.Count: 0, Choices.Count: 1 })
        {
            writer.Line($"{header} => {Unwrapped(method.Choices[0].Value)};");
            return;
        }

        using (writer.Open(header))
        {
            foreach ((EncodingField field, LocalSymbol local) in method.Fields)
            {
                writer.Line($"long {local.Name} = {DecoderEmitter.Extraction(field, unitBits)};");
            }

            var statements = new StatementPrinter(writer, s_expressions, hasLabels: false);
            foreach (BoundStatement statement in method.Prelude)
            {
                statements.Print(statement);
            }

            foreach ((BoundExpression? condition, BoundExpression value) in method.Choices)
            {
                if (condition is null)
                {
                    writer.Line($"return {Unwrapped(value)};");
                    break;
                }

                using (writer.Open($"if ({Unwrapped(condition)})"))
                {
                    writer.Line($"return {Unwrapped(value)};");
                }

                writer.Line();
            }
        }
    }

    private static string Unwrapped(BoundExpression value) => StatementPrinter.Unwrapped(s_expressions.Print(value));
}
