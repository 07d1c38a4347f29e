namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>The state of a vCPU at EL1 and EL0 in its block, and exception entry (D1.3.1, D1.3.2). On the vCPU's thread.</summary>
internal readonly unsafe struct CpuState(byte* env)
{
    /// <summary>PSTATE: there is a machine.</summary>
    public const uint System = 1u << 31;

    /// <summary>PSTATE.{D, A, I, F}.</summary>
    public const uint AllMasks = 0x3C0;

    /// <summary>PSTATE.IL.</summary>
    public const uint IllegalState = 1u << 20;

    /// <summary>PSTATE.I.</summary>
    public const uint IrqMask = 0x80;

    /// <summary>PSTATE.F.</summary>
    public const uint FiqMask = 0x40;

    /// <summary>PSTATE.EL and PSTATE.SP: EL1h.</summary>
    public const uint El1WithOwnStack = 5;

    // Offsets from VBAR_EL1 (D1.3.2.1, Table D1-5).
    private const ulong FromEl1 = 0x200;
    private const ulong FromEl0 = 0x400;
    private const ulong Irq = 0x80;
    private const ulong Fiq = 0x100;

    /// <summary>A 64-bit register by its offset.</summary>
    public ref ulong this[int offset] => ref *(ulong*)(env + offset);

    /// <summary>PSTATE without the condition flags, in the places that SPSR_EL1 has.</summary>
    public ref uint Pstate => ref *(uint*)(env + GuestState.PSTATE);

    /// <summary>PSTATE.EL.</summary>
    public int ExceptionLevel => (int)(Pstate >> 2 & 3);

    /// <summary>Where a branch to an address leads: <see cref="TranslationControl.BranchTarget"/>.</summary>
    public ulong BranchTarget(ulong address) => TranslationControl.BranchTarget(this[GuestState.TCR_EL1], address);

    /// <summary>Takes a synchronous exception that returns to the PC.</summary>
    public void EnterSynchronous(uint syndrome)
    {
        this[GuestState.ESR_EL1] = syndrome;
        Enter(0);
    }

    /// <summary>Takes an IRQ.</summary>
    public void EnterIrq() => Enter(Irq);

    /// <summary>Takes an FIQ.</summary>
    public void EnterFiq() => Enter(Fiq);

    private void Enter(ulong vector)
    {
        var usesOwnStack = (Pstate & 1) != 0;
        var origin = ExceptionLevel == 0 ? FromEl0 : usesOwnStack ? FromEl1 : 0;
        this[GuestState.SPSR_EL1] = Flags | (Pstate & ~System);
        this[GuestState.ELR_EL1] = BranchTarget(this[GuestState.PC]);
        this[usesOwnStack ? GuestState.SP_EL1 : GuestState.SP_EL0] = this[GuestState.SP];
        this[GuestState.SP] = this[GuestState.SP_EL1];
        Pstate = System | AllMasks | El1WithOwnStack;
        this[GuestState.PC] = BranchTarget(this[GuestState.VBAR_EL1] + origin + vector);
    }

    private uint Flags => Flag(GuestState.NZCV_N) << 31 | Flag(GuestState.NZCV_Z) << 30 | Flag(GuestState.NZCV_C) << 29 | Flag(GuestState.NZCV_V) << 28;

    private uint Flag(int offset) => *(uint*)(env + offset) & 1;
}
