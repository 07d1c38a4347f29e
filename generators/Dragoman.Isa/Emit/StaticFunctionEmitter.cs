using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>Emits each <c>static fn</c> as a C# method, and what text and conditions ask of tables.</summary>
internal static class StaticFunctionEmitter
{
    public static EmittedSource Emit(IsaModel model)
    {
        var expressions = new CSharpExpressionPrinter("ulong", "pc", "insn");
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
        writer.Summary("The description's static functions: they run while translating and disassembling.");
        using (writer.Open("internal static class StaticFunctions"))
        {
            bool first = true;
            foreach (StaticFunction function in model.StaticFunctions.Where(f => f.Body is not null))
            {
                if (!first)
                {
                    writer.Line();
                }

                first = false;
                if (function.Syntax.Documentation is { } documentation)
                {
                    writer.Summary(documentation);
                }

                string parameters = string.Join(", ", function.Parameters.Select(p => $"{expressions.TypeName(p.Type, p.Time)} {p.Name}").Prepend(function.UsesInstruction ? "in Instruction insn" : "").Where(p => p.Length > 0));
                string header = $"public static {expressions.TypeName(function.ResultType, BindingTime.Translate)} {CSharpExpressionPrinter.Identifier(function.Syntax.Name.Text)}({parameters})";
                if (function.Body is BoundReturn { Value: { } value })
                {
                    writer.Line(header + " =>");
                    writer.Indent();
                    writer.Line(expressions.Print(value) + ";");
                    writer.Unindent();
                    continue;
                }

                using (writer.Open(header))
                {
                    new StatementPrinter(writer, expressions, false).Print(function.Body!);
                }
            }

            foreach (TableSymbol table in model.Tables)
            {
                EmitTable(writer, table.Syntax);
            }
        }

        return new EmittedSource(model.Name + ".StaticFunctions.g.cs", writer.ToString());
    }

    private static void EmitTable(CSharpWriter writer, TableItem table)
    {
        string keys = string.Join(", ", table.Keys.Select(k => "long " + CSharpExpressionPrinter.Identifier(k.Name.Text)));
        writer.Line();
        writer.Summary("The name of a row, or the empty string.");
        writer.Line($"public static string {table.Name.Text}_name({keys}) => ({TableKeys.Packed(table)}) switch");
        Switch(table.Rows, row => $"\"{row.Name.Text.ToLowerInvariant()}\"", "\"\"");
        foreach ((string access, string refused) in new[] { ("can_read", "wo"), ("can_write", "ro") })
        {
            writer.Line();
            writer.Summary($"Whether there is a row that is not {refused}.");
            writer.Line($"public static bool {table.Name.Text}_{access}({keys}) => ({TableKeys.Packed(table)}) switch");
            Switch(table.Rows.Where(r => r.Access.All(a => a.Text != refused)), _ => "true", "false");
        }

        void Switch(IEnumerable<TableRow> rows, Func<TableRow, string> value, string otherwise)
        {
            writer.Line("{");
            writer.Indent();
            foreach (TableRow row in rows)
            {
                writer.Line($"{TableKeys.Pattern(table, row)} => {value(row)},");
            }

            writer.Line($"_ => {otherwise},");
            writer.Unindent();
            writer.Line("};");
        }
    }
}
