using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits declarations of the C# helpers that a description calls, and the table by which translated code finds them.</summary>
internal static class HelperEmitter
{
    public static EmittedSource Emit(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Tcg.Helpers", "Dragoman.Runtime.Guests");
        writer.Summary("Methods that translated code calls; their bodies are written by hand.");
        using (writer.Open("internal static unsafe partial class Helpers"))
        {
            foreach (HelperSymbol helper in model.Helpers)
            {
                string parameters = string.Concat(helper.Parameters.Select(p => ", ulong " + CSharpExpressionPrinter.Identifier(p.Name)));
                if (helper.Documentation is { } documentation)
                {
                    writer.Summary(documentation);
                }

                if (helper.Effects.Contains("tlb"))
                {
                    writer.Line("[FlushesTlb]");
                }

                writer.Line($"public static partial ulong {helper.Name}(byte* env{parameters});");
                writer.Line();
            }

            writer.Summary("The helpers as the IR knows them.");
            using (writer.Open("internal static class Info"))
            {
                foreach (HelperSymbol helper in model.Helpers)
                {
                    string types = string.Concat(Enumerable.Repeat("ulong, ", helper.Parameters.Count));
                    string flags = helper.Effects.Count == 0 ? "0" : string.Join(" | ", helper.Effects.Select(e => "HelperFlags." + e switch
                    {
                        "pure" => "Pure",
                        "reads_state" => "ReadsState",
                        "writes_state" => "WritesState",
                        "may_raise" => "MayRaise",
                        _ => "Memory",
                    }).Distinct());
                    writer.Line($"public static readonly HelperInfo {helper.Name} = new(\"{helper.Name}\", typeof(Helpers).GetMethod(nameof(Helpers.{helper.Name}))!, " +
                        $"(nint)(delegate*<byte*, {types}ulong>)&Helpers.{helper.Name}, {helper.Parameters.Count}, {flags});");
                }
            }
        }

        return new EmittedSource(model.Name + ".Helpers.g.cs", writer.ToString());
    }
}
