using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Guests.AArch64;

/// <summary>A64 at EL0 (Arm ARM, DDI 0487), little-endian. State, decoder, disassembler and frontend are generated from <c>isa/aarch64</c>.</summary>
public sealed unsafe class AArch64Guest : IGuest
{
    private const int InstructionBytes = 4;

    private AArch64Guest()
    {
    }

    /// <summary>The guest; it has no state of its own.</summary>
    public static AArch64Guest Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "aarch64";

    /// <summary>EM_AARCH64.</summary>
    public int ElfMachine => 183;

    /// <inheritdoc/>
    public int StateSize => GuestState.Size;

    /// <inheritdoc/>
    public int PcOffset => GuestState.PC;

    /// <inheritdoc/>
    public IReadOnlyList<GlobalInfo> Globals => GuestState.Layout.Globals;

    /// <inheritdoc/>
    public IReadOnlyList<GuestRegister> Registers => GuestState.Layout.Registers;

    /// <inheritdoc/>
    public int PageSize => 4096;

    /// <inheritdoc/>
    public int AddressBits => 48;

    /// <summary>Linux sets TCR_EL1.TBI0 for data addresses of processes.</summary>
    public bool IgnoresTopByte => true;

    /// <inheritdoc/>
    public int MaxInstructionLength => InstructionBytes;

    /// <summary>False: CTR_EL0.DIC is 0, code is visible after IC IVAU.</summary>
    public bool CoherentInstructionFetch => false;

    /// <inheritdoc/>
    public IReadOnlyList<AuditEntry> AuditEntries => Audit.Entries;

    /// <inheritdoc/>
    public void Reset(byte* env) => GuestState.Layout.FpEnvironment!.Load(env);

    /// <summary>None: nothing that EL0 can change alters what an instruction means.</summary>
    public ulong GetTbFlags(byte* env) => 0;

    /// <inheritdoc/>
    public void TranslateInstruction(DisasContext context)
    {
        InsnBuilder insn = context.Builder ??= new InsnBuilder(context, GuestState.Layout);
        insn.Begin(InstructionBytes);
        if ((context.Pc & (InstructionBytes - 1)) != 0)
        {
            insn.Raise(ExceptionKind.PcAlignment, insn.Const(64, context.Pc));
            insn.End();
            return;
        }

        uint word = Unsafe.ReadUnaligned<uint>(context.Code);
        InsnId id = Decoder.Decode(word);
        if (id == InsnId.Undefined || !Frontend.Translate(id, insn, word))
        {
            context.Unimplemented = id == InsnId.Undefined ? $".inst 0x{word:x8}" : id.ToString();
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
        output.Append(Disassembler.Text(word, pc) ?? $".inst 0x{word:x8}");
        return InstructionBytes;
    }
}
