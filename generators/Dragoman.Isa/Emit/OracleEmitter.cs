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
            .. new BodyEmitter(model, "Oracle", "OracleInsn", "UInt128")
                .Emit(unitBits, "Oracle", "Executes instructions directly on the state: what translated code is compared with."),
        ];
        if (model is { Bytes: null, UnitBytes: 4 })
        {
            sources.Add(EmitGuest(model));
        }

        return sources;
    }

    private static EmittedSource EmitGuest(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
        string name = model.Name + "Oracle";
        writer.Summary("What an oracle must know of this guest.");
        using (writer.Open($"public sealed class {name} : GuestOracle"))
        {
            writer.Summary("It has no state of its own.");
            writer.Line($"public static {name} Instance {{ get; }} = new();");
            writer.Line();
            writer.Line("public override GuestLayout Layout => GuestState.Layout;");
            writer.Line();
            using (writer.Open("public override bool Evaluate(OracleInsn insn, uint word)"))
            {
                writer.Line("InsnId id = Decoder.Decode(word, (Feature)insn.Cpu.Features);");
                writer.Line("return id != InsnId.Undefined && Oracle.Translate(id, insn, word);");
            }
        }

        return new EmittedSource(model.Name + ".GuestOracle.g.cs", writer.ToString());
    }
}
