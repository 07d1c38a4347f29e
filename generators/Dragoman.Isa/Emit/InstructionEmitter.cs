using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits what a byte-stream guest's decoder makes of bytes: <c>Instruction</c> with its <c>Operand</c>s, and the builder that carries one.</summary>
internal static class InstructionEmitter
{
    /// <summary>The builder of the frontend: it carries the instruction, whose fields bodies read.</summary>
    public static EmittedSource EmitBuilder(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Runtime.Guests");
        writer.Summary("The instruction builder with the decoded instruction. Belongs to the translating thread.");
        using (writer.Open("public sealed class InstructionBuilder(DisasContext context, CpuModel cpu) : InsnBuilder(context, GuestState.Layout, cpu)"))
        {
            writer.Summary("What is being translated.");
            writer.Line("public Instruction Code;");
            writer.Summary("The first part of an operand that is stored when the second is known.");
            writer.Line("public Dragoman.Tcg.Ir.Temp Held;");
        }

        return new EmittedSource(model.Name + ".InstructionBuilder.g.cs", writer.ToString());
    }

    public static EmittedSource Emit(IsaModel model, ByteModel bytes)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Runtime.Guests");
        writer.Summary("What an operand is: a view of the description.");
        using (writer.Open("public enum Place : byte"))
        {
            writer.Summary("No operand.");
            writer.Line("None,");
            foreach (PlaceSymbol place in bytes.Places)
            {
                writer.Summary(place.View.Documentation ?? place.Name);
                writer.Line(place.Name + ",");
            }
        }

        writer.Line();
        string[] memory = [.. bytes.Places.Where(p => p.IsMemory).Select(p => "Place." + p.Name)];
        writer.Summary("An operand: its place, the index there, and its width in bits (0 if it has none).");
        using (writer.Open("public readonly record struct Operand(Place Place, long Index, int Width)"))
        {
            writer.Summary("It is in memory.");
            writer.Line($"public bool IsMemory => {(memory.Length == 0 ? "false" : "Place is " + string.Join(" or ", memory))};");
        }

        writer.Line();
        writer.Summary("One decoded instruction.");
        using (writer.Open("public struct Instruction"))
        {
            writer.Summary("The row of the description; Undefined if there is none, or the bytes are too many or forbidden.");
            writer.Line("public InsnId Id;");
            writer.Summary("Bytes. Of an undefined instruction, those that were looked at.");
            writer.Line("public int Length;");
            writer.Summary("The bytes given ended within the instruction.");
            writer.Line("public bool IsTruncated;");
            writer.Summary("It has more bytes than an instruction may have.");
            writer.Line("public bool IsTooLong;");
            foreach (ByteField field in bytes.Unit.Fields)
            {
                writer.Line($"public long {CSharpExpressionPrinter.Identifier(field.Name)};");
            }

            foreach (TbStateSymbol state in model.TbState)
            {
                writer.Line($"public long {CSharpExpressionPrinter.Identifier(state.Name)};");
            }

            int most = bytes.Rows.Select(r => r.Operands.Count).DefaultIfEmpty(0).Max();
            writer.Summary("Where the first operand is read.");
            writer.Line("public Operand Source;");
            writer.Summary("That is an operand of its own.");
            writer.Line("public bool HasSource;");
            for (int i = 0; i < most; i++)
            {
                writer.Line($"public Operand Operand{i};");
            }
        }

        return new EmittedSource(model.Name + ".Instruction.g.cs", writer.ToString());
    }
}
