using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Backends;

/// <summary>Turns the ops of one TB into something that runs. One instance may be used by several threads at once.</summary>
public interface ITcgBackend
{
    /// <summary>The name that <c>--backend</c> knows it by.</summary>
    string Name { get; }

    /// <summary>Compiles the optimized ops of <paramref name="context"/>. Keeps no reference to it.</summary>
    /// <param name="context">Ops and temps; the caller reuses it afterwards.</param>
    /// <param name="request">Slots and options of the TB.</param>
    TbCode Compile(TcgContext context, in CompileRequest request);

    /// <summary>
    /// Puts every register in its place when the backend's code has left some to be computed: <see cref="Abi.VcpuHeader.Deferred"/> is not 0.
    /// On the vCPU's thread, outside translated code.
    /// </summary>
    unsafe void Settle(byte* env)
    {
    }
}

/// <summary>What a backend is told of the TB besides its ops.</summary>
public readonly record struct CompileRequest
{
    /// <summary>Guest PC of the TB's first instruction.</summary>
    public required ulong Pc { get; init; }

    /// <summary>The guest's bytes that the ops were made of, for engines that go by them; empty for a region.</summary>
    public ReadOnlyMemory<byte> Code { get; init; }

    /// <summary>The <c>tbstate</c> bits that the TB starts with.</summary>
    public ulong TbFlags { get; init; }

    /// <summary>Address of the TB's consecutive, unmanaged <see cref="Abi.ChainSlot"/>s; <c>goto_tb</c>'s slot number is an index into them.</summary>
    public nint Slots { get; init; }

    /// <summary>False under <c>-d nochain</c>: always leave through the dispatcher.</summary>
    public bool Chain { get; init; }

    /// <summary>False while only one vCPU can run: atomics may be plain, and in user mode ordered accesses.</summary>
    public bool Parallel { get; init; }

    /// <summary>
    /// Log2 of the softmmu TLB's page in bytes: guest accesses go through the vCPU's TLBs, in the mode that each access names. 0: user mode, where guest
    /// memory is one region of host memory (<see cref="Abi.VcpuHeader.GuestBase"/>), and the next two say what an address is.
    /// </summary>
    public int SoftMmuPageBits { get; init; }

    /// <summary>A guest address of at most this many bits lies inside the reserved region.</summary>
    public int AddressLimitLog2 { get; init; }

    /// <summary>The top byte of a guest data address is dropped first (Arm TBI).</summary>
    public bool IgnoreTopByte { get; init; }

    /// <summary>
    /// Addresses with bits above the region (tagged ones, which the rule allows, and wild ones) leave with <see cref="Abi.TbExit.OddAddress"/>: hot code then calls nothing
    /// on its way to memory, and all host registers are its own. False: the code applies the whole rule.
    /// </summary>
    public bool LeavesOddAddresses { get; init; }

    /// <summary>
    /// Floating-point arithmetic that the host's does not settle leaves with <see cref="Abi.TbExit.ExactFloat"/> from the start of its instruction, where that has done nothing yet: so hot code
    /// calls nothing, and numbers stay in the host's registers. The optimizer must know (<see cref="Optimization.Optimizer.Run"/>). False: the code calls the exact code.
    /// </summary>
    public bool LeavesExactFloat { get; init; }

    /// <summary>How often the block at each label ran while it was cold, by label index, when that is known.</summary>
    public IReadOnlyList<int>? LabelWeights { get; init; }
}

/// <summary>Executable form of a TB. Kept referenced by the runtime until every vCPU has passed a quiescent point after its retirement.</summary>
public abstract unsafe class TbCode
{
    /// <summary>Managed entry point <c>delegate*&lt;byte*, nint&gt;</c> that other TBs may jump to, or 0 when only <see cref="Execute"/> may be called.</summary>
    public nint EntryPoint { get; protected init; }

    /// <summary>Runs the TB (and what it is chained to) on the vCPU whose block is <paramref name="env"/>; returns a <see cref="Abi.TbExit"/>.</summary>
    public abstract nint Execute(byte* env);

    /// <summary>
    /// Whether the code knows nothing of the machine that it was compiled in but what <see cref="CompileRequest"/> says: it may run in another, on whose blocks it has
    /// not been before, when the slots stay where they are.
    /// </summary>
    public virtual bool IsPortable => false;

    /// <summary>Bytes of host code or bytecode, for --stats; 0 when the backend cannot tell.</summary>
    public virtual int Size => 0;

    /// <summary>Text for <c>-d out_asm</c>, or null.</summary>
    public virtual string? Dump() => null;
}
