using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits instruction copies and the functions that they use as methods over a builder <c>insn</c>. The frontend and the oracle differ only
/// in the builder's type and in what a value is.
/// </summary>
internal sealed class BodyEmitter(IsaModel model, string className, string builderType, string valueType)
{
    // An instruction dispatches through groups of so many ids, so that no switch is long to compile.
    private const int GroupSize = 32;

    private readonly CSharpExpressionPrinter _expressions = new(valueType);

    /// <summary>One source for dispatch and functions, one for each file of the description.</summary>
    public IReadOnlyList<EmittedSource> Emit(int unitBits, string concern, string summary, params string[] usings)
    {
        List<EmittedSource> sources = [];
        string[] all = ["System", "Dragoman.Runtime.Guests", "Dragoman.Tcg.Abi", "Dragoman.Tcg.Float", "Dragoman.Tcg.Ir", .. usings];
        CSharpWriter shared = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, all);
        shared.Summary(summary);
        using (shared.Open($"public static partial class {className}"))
        {
            if (model.Bytes is { } bytes)
            {
                new RowDispatchEmitter(shared, bytes, builderType, _expressions.ValueType).Emit();
            }
            else
            {
                EmitDispatch(shared, unitBits);
            }

            foreach (BoundFunction function in ReachableFunctions())
            {
                shared.Line();
                EmitFunction(shared, function);
            }

            foreach (TableSymbol table in model.Tables)
            {
                foreach (KeyValuePair<string, IReadOnlyList<BoundTableRow>> access in table.Accesses)
                {
                    shared.Line();
                    EmitTable(shared, table, access.Key, access.Value);
                }
            }
        }

        sources.Add(new EmittedSource($"{model.Name}.{concern}.g.cs", shared.ToString()));
        foreach (IGrouping<string, BoundInstruction> file in model.Instructions.GroupBy(i => i.Syntax.Span.File))
        {
            CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, all);
            bool first = true;
            using (writer.Open($"public static partial class {className}"))
            {
                foreach (BoundInstruction instruction in file)
                {
                    if (!first)
                    {
                        writer.Line();
                    }

                    first = false;
                    EmitInstruction(writer, instruction, unitBits);
                }
            }

            sources.Add(new EmittedSource($"{model.Name}.{concern}.{Path.GetFileNameWithoutExtension(file.Key)}.g.cs", writer.ToString()));
        }

        return sources;
    }

    private void EmitDispatch(CSharpWriter writer, int unitBits)
    {
        string word = DecoderEmitter.WordType(unitBits);
        writer.Summary("Does what the copy says; false when its semantics are not described.");
        using (writer.Open($"public static bool Translate(InsnId id, {builderType} insn, {word} word)"))
        {
            if (model.Instructions.Any(i => i.Syntax.Features.Any(f => f.ElseNop)))
            {
                using (writer.Open("if (id == InsnId.Nop)"))
                {
                    writer.Line("return true;");
                }

                writer.Line();
            }

            using (writer.Open($"switch ((int)id / {GroupSize})"))
            {
                foreach (int group in Groups().Select(g => g.Key))
                {
                    writer.Line($"case {group}:");
                    writer.Indent();
                    writer.Line($"return Group{group}(id, insn, word);");
                    writer.Unindent();
                }

                writer.Line("default:");
                writer.Indent();
                writer.Line("return false;");
                writer.Unindent();
            }
        }

        foreach (IGrouping<int, BoundInstruction> group in Groups())
        {
            writer.Line();
            using (writer.Open($"private static bool Group{group.Key}(InsnId id, {builderType} insn, {word} word)"))
            using (writer.Open("switch (id)"))
            {
                foreach (BoundInstruction instruction in group)
                {
                    writer.Line($"case InsnId.{instruction.Name}:");
                    writer.Indent();
                    writer.Line($"{instruction.Body.Name}(insn, word);");
                    writer.Line("return true;");
                    writer.Unindent();
                }

                writer.Line("default:");
                writer.Indent();
                writer.Line("return false;");
                writer.Unindent();
            }
        }
    }

    private IEnumerable<IGrouping<int, BoundInstruction>> Groups() =>
        model.Instructions.GroupBy(i => model.CopyIds[i.Name] / GroupSize);

    private void EmitInstruction(CSharpWriter writer, BoundInstruction instruction, int unitBits)
    {
        writer.Summary(instruction.Syntax.Documentation ?? instruction.Name);
        using (writer.Open($"private static void {instruction.Body.Name}({builderType} insn{(model.Bytes is null ? $", {DecoderEmitter.WordType(unitBits)} word" : "")})"))
        {
            var used = new HashSet<LocalSymbol>();
            BoundTree.Locals(instruction.Body.Body!, used);
            for (int i = 0; i < instruction.Fields.Count; i++)
            {
                if (used.Contains(instruction.Fields[i]))
                {
                    writer.Line($"long {instruction.Fields[i].Name} = {DecoderEmitter.Extraction(instruction.Copy.Encoding.Fields[i], unitBits, "word")};");
                }
            }

            TextSpan span = instruction.Syntax.Body.Span;
            writer.Directive($"#line {span.StartLine} \"{span.File}\"");
            new StatementPrinter(writer, _expressions, instruction.Body.HasLabels).Print(instruction.Body.Body!);
        }

        writer.Directive("#line default");
    }

    private void EmitFunction(CSharpWriter writer, BoundFunction function)
    {
        if (function.Documentation is { } documentation)
        {
            writer.Summary(documentation);
        }

        string parameters = string.Concat(function.Parameters.Select(p => $", {(p.IsInOut ? "ref " : "")}{_expressions.TypeName(p.Type, p.Time)} {p.Name}"));
        string header = $"private static {_expressions.TypeName(function.ResultType, function.ResultTime)} {function.Name}({builderType} insn{parameters})";
        if (function.Body is BoundReturn { Value: { } value } && function.After.Count == 0 && !function.HasLabels)
        {
            writer.Line(header + " =>");
            writer.Indent();
            writer.Line(_expressions.Print(value) + ";");
            writer.Unindent();
            return;
        }

        using (writer.Open(header))
        {
            if (function.HasLabels)
            {
                foreach (LocalSymbol parameter in function.Parameters.Where(p => p is { Time: BindingTime.Run, IsInOut: false } && p.Type.Kind != TypeKind.Tuple))
                {
                    writer.Line($"{parameter.Name} = insn.Keep({parameter.Name});");
                }
            }

            foreach (BoundAfter after in function.After)
            {
                EmitAfter(writer, after);
            }

            new StatementPrinter(writer, _expressions, function.HasLabels).Print(function.Body!);
        }
    }

    private void EmitAfter(CSharpWriter writer, BoundAfter after)
    {
        using (writer.Open($"if (insn.After((int)FlagsProducer.{after.Producer}, {after.Width}))"))
        {
            for (int i = 0; i < after.Operands.Count; i++)
            {
                writer.Line($"{_expressions.ValueType} {after.Operands[i].Name} = insn.Operand({i});");
            }

            if (after.Value is not BoundMatch match)
            {
                writer.Line($"return {_expressions.Print(after.Value)};");
                return;
            }

            using (writer.Open($"switch ({_expressions.Print(match.Value)})"))
            {
                foreach (BoundArm arm in match.Arms)
                {
                    writer.Line(arm.Patterns.Count == 0 ? "default:" : $"case {CSharpExpressionPrinter.Patterns(arm.Patterns)}:");
                    writer.Indent();
                    writer.Line($"return {_expressions.Print(arm.Value!)};");
                    writer.Unindent();
                }
            }
        }

        writer.Line();
    }

    private void EmitTable(CSharpWriter writer, TableSymbol table, string access, IReadOnlyList<BoundTableRow> rows)
    {
        bool isRead = access == "read";
        string keys = string.Concat(table.Syntax.Keys.Select(k => ", long " + CSharpExpressionPrinter.Identifier(k.Name.Text)));
        using (writer.Open($"private static {(isRead ? _expressions.ValueType : "void")} {table.Syntax.Name.Text}_{access}({builderType} insn{keys}{(isRead ? "" : ", " + _expressions.ValueType + " x")})"))
        using (writer.Open($"switch ({TableKeys.Packed(table.Syntax)})"))
        {
            foreach (BoundTableRow row in rows.Where(r => r.Body is not null))
            {
                writer.Line($"case {TableKeys.Pattern(table.Syntax, row.Syntax)}: // {row.Syntax.Name.Text}");
                writer.Indent();
                if (isRead)
                {
                    writer.Line($"return {row.Body!.Name}(insn);");
                }
                else
                {
                    writer.Line($"{row.Body!.Name}(insn, x);");
                    writer.Line("return;");
                }

                writer.Unindent();
            }

            writer.Line("default:");
            writer.Indent();
            writer.Line("insn.Raise(ExceptionKind.IllegalInstruction, insn.Const(64, 0));");
            writer.Line(isRead ? "return insn.Const(64, 0);" : "return;");
            writer.Unindent();
        }
    }

    private List<BoundFunction> ReachableFunctions()
    {
        HashSet<BoundFunction> reached = [];
        foreach (BoundInstruction instruction in model.Instructions)
        {
            BoundTree.Functions(instruction.Body, reached);
        }

        foreach (BoundFunction accessor in model.Bytes?.Places.SelectMany(p => p.Get.Values.Concat(p.Set.Values).Concat(p.Address is null ? [] : [p.Address])) ?? [])
        {
            reached.Add(accessor);
            BoundTree.Functions(accessor, reached);
        }

        return [.. model.Functions.Where(f => reached.Contains(f) && f.Body is not null && !f.ResultType.IsError)];
    }
}
