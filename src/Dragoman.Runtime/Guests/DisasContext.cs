using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>What a frontend sees while it translates one TB. Belongs to the translating thread.</summary>
public sealed unsafe class DisasContext
{
    /// <summary>The IR under construction.</summary>
    public required TcgContext Tcg { get; init; }

    /// <summary>The TB's <c>tbstate</c> bits.</summary>
    public ulong TbFlags { get; set; }

    /// <summary>Guest PC of the TB.</summary>
    public ulong TbPc { get; set; }

    /// <summary>
    /// False when no other vCPU runs while this TB does (an exclusive section, or <c>--thread single</c>): an instruction that would
    /// raise <see cref="Dragoman.Tcg.Abi.ExceptionKind.Atomic"/> is then translated as plain accesses.
    /// </summary>
    public bool Parallel { get; set; }

    /// <summary>
    /// Log2 of the MMU's page, 0 in user mode. Direct links stay inside a page: what is behind its end depends on the page tables, and is looked up in the jump cache,
    /// which is emptied with the TLB.
    /// </summary>
    public int SoftMmuPageBits { get; set; }

    /// <summary>Guest PC of the instruction being translated.</summary>
    public ulong Pc { get; set; }

    /// <summary>Guest PC after it; the frontend sets it.</summary>
    public ulong NextPc { get; set; }

    /// <summary>Host pointer to the instruction's bytes; <see cref="CodeAvailable"/> of them may be read.</summary>
    public byte* Code { get; set; }

    /// <summary>Readable bytes at <see cref="Code"/>.</summary>
    public int CodeAvailable { get; set; }

    /// <summary>Set by the frontend when the instruction ends the TB (it has emitted the exits itself).</summary>
    public bool Ended { get; set; }

    /// <summary>Set by the frontend when the TB must end after this instruction, but execution goes on at <see cref="NextPc"/> through the dispatcher.</summary>
    public bool EndAfter { get; set; }

    /// <summary>
    /// Set by the frontend, which then emits nothing, when the instruction goes on behind <see cref="CodeAvailable"/>: its fetch faults there.
    /// </summary>
    public bool IsTruncated { get; set; }

    /// <summary>Leaves the TB for a PC known while translating, through a slot if it may be linked there.</summary>
    public void GoTo(int slot, ulong target)
    {
        if (SoftMmuPageBits == 0 || (target ^ TbPc) >> SoftMmuPageBits == 0)
        {
            Tcg.GotoTb(slot, target, TbFlags);
            return;
        }

        Tcg.St(TcgType.I64, Tcg.Const(TcgType.I64, target), Tcg.PcOffset);
        Tcg.GotoPtr(TbFlags);
    }

    /// <summary>The builder of a generated frontend, made by the guest at its first instruction.</summary>
    public InsnBuilder? Builder { get; set; }

    /// <summary>Name of the instruction just translated when it is not described (for <c>-d unimp</c>), else null.</summary>
    public string? Unimplemented { get; set; }
}
