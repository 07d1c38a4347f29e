using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>
/// What guests share whose instructions are aligned 32-bit words in little-endian order. The class of a guest is emitted from its
/// description; by hand stands only what no description can say.
/// </summary>
public abstract unsafe class FixedWidthGuest(GuestLayout layout, CpuModel cpu) : IGuest
{
    private const int InstructionBytes = 4;

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract int ElfMachine { get; }

    /// <inheritdoc/>
    public int StateSize => layout.Size;

    /// <inheritdoc/>
    public int PcOffset => layout.PcOffset;

    /// <inheritdoc/>
    public IReadOnlyList<GlobalInfo> Globals => layout.Globals;

    /// <inheritdoc/>
    public IReadOnlyList<GuestRegister> Registers => layout.Registers;

    /// <inheritdoc/>
    public IReadOnlyList<GuestRegister> SystemRegisters => layout.SystemRegisters;

    /// <inheritdoc/>
    public abstract int PageSize { get; }

    /// <inheritdoc/>
    public abstract int AddressBits { get; }

    /// <inheritdoc/>
    public abstract bool IgnoresTopByte { get; }

    /// <inheritdoc/>
    public abstract MemoryOrder MemoryOrder { get; }

    /// <inheritdoc/>
    public abstract int ExclusiveGranule { get; }

    /// <inheritdoc/>
    public int MaxInstructionLength => InstructionBytes;

    /// <summary>False: such guests have an instruction that makes new code visible.</summary>
    public bool CoherentInstructionFetch => false;

    /// <inheritdoc/>
    public abstract IReadOnlyList<CpuModel> CpuModels { get; }

    /// <inheritdoc/>
    public CpuModel Cpu => cpu;

    /// <inheritdoc/>
    public abstract IGuest WithCpu(CpuModel cpu);

    /// <inheritdoc/>
    public abstract IReadOnlyList<AuditEntry> AuditEntries { get; }

    /// <inheritdoc/>
    public abstract bool SupportsMttcg { get; }

    /// <inheritdoc/>
    public abstract GuestSummary? Summary { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<InsnEncoding> Encodings { get; }

    /// <inheritdoc/>
    public FpEnvironmentLayout? FpEnvironment => layout.FpEnvironment;

    /// <inheritdoc/>
    public void Reset(byte* env) => layout.FpEnvironment?.Load(env);

    /// <summary>None, unless the description has a <c>tbstate</c>.</summary>
    public virtual ulong GetTbFlags(byte* env) => 0;

    /// <summary>Emits what the word does.</summary>
    /// <returns>Null, or for a word that is not described its name, or as far as it has none <c>.inst</c> and its digits.</returns>
    protected abstract string? Translate(InsnBuilder insn, uint word);

    /// <summary>The text of a word, or null if it is no described instruction.</summary>
    protected abstract string? Text(uint word, ulong pc);

    /// <summary>Name of the <c>insn</c> that a word is, on a CPU that has all features; null if it is none.</summary>
    protected abstract string? Instruction(uint word);

    /// <summary>How a word without text is shown.</summary>
    protected static string Undescribed(uint word) => $".inst 0x{word:x8}";

    /// <inheritdoc/>
    public void TranslateInstruction(DisasContext context)
    {
        InsnBuilder insn = context.Builder ??= new InsnBuilder(context, layout, cpu);
        insn.Begin(InstructionBytes);
        if ((context.Pc & (InstructionBytes - 1)) != 0)
        {
            insn.Raise(ExceptionKind.PcAlignment, insn.Const(64, context.Pc));
            insn.End();
            return;
        }

        uint word = Unsafe.ReadUnaligned<uint>(context.Code);
        if (Translate(insn, word) is { } name)
        {
            context.Unimplemented = name;
            insn.Raise(ExceptionKind.IllegalInstruction, insn.Const(64, (ulong)word));
        }

        insn.End();
    }

    /// <inheritdoc/>
    public int Disassemble(ReadOnlySpan<byte> code, ulong pc, StringBuilder output)
    {
        if (code.Length < InstructionBytes)
        {
            output.Append(".byte");
            foreach (byte value in code)
            {
                output.Append($" 0x{value:x2}");
            }

            return Math.Max(1, code.Length);
        }

        uint word = BitConverter.ToUInt32(code);
        output.Append(Text(word, pc) ?? Undescribed(word));
        return InstructionBytes;
    }

    /// <inheritdoc/>
    public string? InstructionAt(ReadOnlySpan<byte> code) => code.Length < InstructionBytes ? null : Instruction(BitConverter.ToUInt32(code));
}
