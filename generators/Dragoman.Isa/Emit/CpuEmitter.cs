using System.Globalization;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits the CPU models as data.</summary>
internal static class CpuEmitter
{
    public static EmittedSource Emit(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System.Collections.Generic", "Dragoman.Runtime.Guests");
        writer.Summary("The CPU models: sets of features, and the numbers that set them apart.");
        using (writer.Open("public static class CpuModels"))
        {
            for (int i = 0; i < model.CpuValues.Count; i++)
            {
                writer.Line($"public const int {model.CpuValues[i]} = {i};");
            }

            writer.Line($"private static readonly string[] s_features = [{string.Join(", ", model.Features.Select(f => $"\"{f}\""))}];");
            writer.Line($"private static readonly string[] s_numbers = [{string.Join(", ", model.CpuValues.Select(v => $"\"{v}\""))}];");
            writer.Line();
            writer.Summary("Every model, the default one first.");
            writer.Line("public static IReadOnlyList<CpuModel> All { get; } =");
            writer.Line("[");
            writer.Indent();
            foreach (CpuSymbol cpu in model.Cpus)
            {
                string set = cpu.Features.Count == model.Features.Count ? "Feature.All"
                    : cpu.Features.Count == 0 ? "Feature.None" : string.Join(" | ", cpu.Features.Select(f => "Feature." + f));
                string values = string.Join(", ", model.CpuValues.Select(v => cpu.Values[v].ToString(CultureInfo.InvariantCulture)));
                writer.Line($"new(\"{cpu.Name}\", \"{Escape(cpu.Documentation ?? "")}\", s_features, (ulong)({set}), s_numbers, [{values}]),");
            }

            writer.Unindent();
            writer.Line("];");
        }

        return new EmittedSource(model.Name + ".CpuModels.g.cs", writer.ToString());
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", " ");
}
