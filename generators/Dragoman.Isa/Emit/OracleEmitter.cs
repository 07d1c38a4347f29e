using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits the oracle: the same bodies as the frontend's, over a builder that computes at once. What a project must bring is <c>OracleInsn</c>,
/// with a method for each run-time operation, and <c>GuestOracle</c>; layout, static functions and helpers are those of the guest's own assembly.
/// </summary>
internal static class OracleEmitter
{
    public static IReadOnlyList<EmittedSource> Emit(IsaModel model, int unitBits)
    {
        List<EmittedSource> sources =
        [
            .. new BodyEmitter(model, "Oracle", model.Bytes is null ? "OracleInsn" : ByteInsn, "UInt128")
                .Emit(unitBits, "Oracle", "Executes instructions directly on the state: what translated code is compared with."),
        ];
        if (model is { UnitBytes: 4 } or { Bytes: not null })
        {
            sources.Add(EmitGuest(model));
        }

        return sources;
    }

    private const string ByteInsn = "OracleInstruction";

    private static EmittedSource EmitGuest(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "System.Buffers.Binary", "Dragoman.Runtime.Guests");
        string name = model.Name + "Oracle";
        writer.Summary("What an oracle must know of this guest.");
        using (writer.Open($"public sealed class {name} : GuestOracle"))
        {
            writer.Summary("It has no state of its own.");
            writer.Line($"public static {name} Instance {{ get; }} = new();");
            writer.Line();
            writer.Line("public override GuestLayout Layout => GuestState.Layout;");
            writer.Line();
            if (model.Bytes is null)
            {
                EmitWords(writer);
            }
            else
            {
                EmitBytes(writer);
            }
        }

        if (model.Bytes is not null)
        {
            writer.Line();
            writer.Summary("What evaluates one instruction that has been decoded.");
            using (writer.Open($"public sealed class {ByteInsn}(GuestOracle oracle, IGuest guest, nint env, OracleMemory memory) : OracleInsn(oracle, guest, env, memory)"))
            {
                writer.Summary("The instruction.");
                writer.Line("public Instruction Code;");
                writer.Summary("The first part of an operand that is stored when the second is known.");
                writer.Line("public UInt128 Held;");
            }
        }

        return new EmittedSource(model.Name + ".GuestOracle.g.cs", writer.ToString());
    }

    private static void EmitWords(CSharpWriter writer)
    {
        using (writer.Open("public override bool Evaluate(OracleInsn insn, ReadOnlySpan<byte> code)"))
        {
            writer.Line("uint word = BinaryPrimitives.ReadUInt32LittleEndian(code);");
            writer.Line("insn.NextPc = insn.Pc + 4;");
            writer.Line("InsnId id = Decoder.Decode(word, (Feature)insn.Cpu.Features);");
            writer.Line("return id != InsnId.Undefined && Oracle.Translate(id, insn, word);");
        }
    }

    private static void EmitBytes(CSharpWriter writer)
    {
        writer.Line($"public override OracleInsn Create(IGuest guest, nint env, OracleMemory memory) => new {ByteInsn}(this, guest, env, memory);");
        writer.Line();
        using (writer.Open("public override bool Evaluate(OracleInsn insn, ReadOnlySpan<byte> code)"))
        {
            writer.Line($"var decoded = ({ByteInsn})insn;");
            writer.Line("Decoder.Decode(code, insn.TbFlags, (Feature)insn.Cpu.Features, out decoded.Code);");
            writer.Line("insn.NextPc = insn.Pc + Math.Max(1, decoded.Code.Length);");
            writer.Line("return decoded.Code.Id != InsnId.Undefined && Oracle.Translate(decoded);");
        }
    }
}
