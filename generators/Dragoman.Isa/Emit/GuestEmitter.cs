using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits the guest's class: what the runtime asks of a guest, answered from the <c>isa</c> item.</summary>
internal static class GuestEmitter
{
    /// <summary>The source, or null for a description that says no ELF machine, or whose instructions are not 32-bit words in little-endian order.</summary>
    public static EmittedSource? Emit(IsaModel model, string? documentation, bool hasAudit, bool hasEncodings)
    {
        if (model.ElfMachine is not { } machine || model.UnitBytes != 4 || model.IsBigEndian)
        {
            return null;
        }

        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "System.Collections.Generic", "Dragoman.Runtime.Guests");
        string name = model.Name + "Guest";
        writer.Summary(documentation ?? model.Name);
        using (writer.Open($"public sealed partial class {name} : FixedWidthGuest"))
        {
            writer.Line($"private {name}(CpuModel cpu)");
            writer.Line("    : base(GuestState.Layout, cpu)");
            using (writer.Open())
            {
            }

            writer.Line();
            writer.Summary("The guest as the default CPU model; it has no state of its own.");
            writer.Line($"public static {name} Instance {{ get; }} = new({model.Name}.CpuModels.All[0]);");
            writer.Line();
            writer.Line($"public override IGuest WithCpu(CpuModel cpu) => new {name}(cpu);");
            Property("IReadOnlyList<CpuModel> CpuModels", model.Name + ".CpuModels.All");
            Property("string Name", $"\"{model.Name.ToLowerInvariant()}\"");
            Property("int ElfMachine", machine.ToString());
            Property("int PageSize", model.PageSize.ToString());
            Property("int AddressBits", model.AddressBits.ToString());
            Property("bool IgnoresTopByte", model.TagBits == 8 ? "true" : "false");
            if (model.TbState.Count > 0)
            {
                writer.Line();
                writer.Line("public override unsafe ulong GetTbFlags(byte* env) => GuestState.TbState(env);");
            }

            Property("MemoryOrder MemoryOrder", "GuestState.Order");
            Property("int ExclusiveGranule", model.ExclusiveGranule.ToString());
            Property("IReadOnlyList<AuditEntry> AuditEntries", hasAudit ? "Audit.Entries" : "[]");
            Property("bool SupportsMttcg", hasAudit ? "Audit.IsClean" : "false");
            Property("GuestSummary? Summary", hasAudit ? "Audit.Summary" : "null");
            Property("IReadOnlyList<InsnEncoding> Encodings", hasEncodings ? "Dragoman.Guests." + model.Name + ".Encodings.All" : "[]");
            writer.Line();
            using (writer.Open("protected override string? Translate(InsnBuilder insn, uint word)"))
            {
                writer.Line("InsnId id = Decoder.Decode(word, (Feature)Cpu.Features);");
                writer.Line("return id == InsnId.Undefined ? Undescribed(word) : Frontend.Translate(id, insn, word) ? null : id.ToString();");
            }

            writer.Line();
            writer.Line("protected override string? Text(uint word, ulong pc) => Disassembler.Text(word, pc);");
            writer.Line();
            writer.Line($"protected override string? Instruction(uint word) => {(hasEncodings ? $"Dragoman.Guests.{model.Name}.Encodings.NameOf(word)" : "null")};");
        }

        return new EmittedSource(model.Name + ".Guest.g.cs", writer.ToString());

        void Property(string declaration, string value)
        {
            writer.Line();
            writer.Line($"public override {declaration} => {value};");
        }
    }
}
