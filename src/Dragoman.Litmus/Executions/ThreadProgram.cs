using System.Runtime.InteropServices;
using Dragoman.Litmus.Assembling;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Executions;

/// <summary>One thread's instructions as the guest's frontend translates them, each alone and not optimized, so that no dependency is lost.</summary>
internal sealed unsafe class ThreadProgram
{
    private readonly Dictionary<ulong, TranslatedInsn> _instructions = [];
    private readonly HashSet<string> _instructionBarriers;
    private readonly (byte[] State, ulong TbFlags) _reset;

    public ThreadProgram(IGuest guest, ThreadCode code)
    {
        Guest = guest;
        Code = code;
        _reset = Reset(guest);
        _instructionBarriers = [.. guest.AuditEntries.Where(e => e.Verb == "instruction barrier").Select(e => e.Instruction)];
    }

    public IGuest Guest { get; }

    public ThreadCode Code { get; }

    /// <summary>The vCPU block with which a thread begins.</summary>
    public ReadOnlySpan<byte> ResetState => _reset.State;

    private static (byte[] State, ulong TbFlags) Reset(IGuest guest)
    {
        // Aligned as vCPU blocks are: guests may keep vectors in theirs.
        byte* env = (byte*)NativeMemory.AlignedAlloc((nuint)guest.StateSize, 64);
        try
        {
            NativeMemory.Clear(env, (nuint)guest.StateSize);
            guest.Reset(env);
            return (new ReadOnlySpan<byte>(env, guest.StateSize).ToArray(), guest.GetTbFlags(env));
        }
        finally
        {
            NativeMemory.AlignedFree(env);
        }
    }

    /// <summary>The instruction at an address.</summary>
    /// <exception cref="LitmusException">The thread has no instruction there.</exception>
    public TranslatedInsn At(ulong pc)
    {
        if (_instructions.TryGetValue(pc, out TranslatedInsn? known))
        {
            return known;
        }

        AssembledInsn insn = Code.At(pc) is { } found && pc != Code.End ? found : throw new LitmusException($"a thread leaves its code for address 0x{pc:x}");
        TcgContext tcg = new(Guest.Globals, Guest.PcOffset);
        DisasContext disas = new() { Tcg = tcg, TbPc = pc, Pc = pc, NextPc = pc, Parallel = true, TbFlags = _reset.TbFlags };
        fixed (byte* code = Code.Bytes)
        {
            disas.Code = code + (pc - Code.Base);
            disas.CodeAvailable = Code.Bytes.Length - (int)(pc - Code.Base);
            tcg.InsnStart(pc);
            Guest.TranslateInstruction(disas);
        }

        Dictionary<int, int> labels = [];
        for (int i = 0; i < tcg.OpCount; i++)
        {
            if (tcg.OpAt(i).Opcode == Opcode.SetLabel)
            {
                labels.Add(tcg.OpAt(i).Label.Index, i);
            }
        }

        TranslatedInsn translated = new(insn, tcg, disas.NextPc, labels, _instructionBarriers.Contains(insn.Instruction));
        _instructions.Add(pc, translated);
        return translated;
    }
}

/// <summary>One instruction's ops.</summary>
/// <param name="Insn">The instruction.</param>
/// <param name="Tcg">Its ops.</param>
/// <param name="NextPc">Where control goes when no op says else.</param>
/// <param name="Labels">Index of the op of each label.</param>
/// <param name="IsInstructionBarrier">Whether the description says <c>fence(isb)</c>.</param>
internal sealed record TranslatedInsn(AssembledInsn Insn, TcgContext Tcg, ulong NextPc, IReadOnlyDictionary<int, int> Labels, bool IsInstructionBarrier);
