using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// The fixed head of every vCPU block. Translated code reaches it, and the guest state behind it, through one pointer (<c>env</c>).
/// The guest's architectural state starts at <see cref="GuestState"/>; its layout is emitted from the guest's description.
/// </summary>
/// <remarks>
/// Protocol: the block belongs to the thread that runs the vCPU (single writer), except <see cref="PollWord"/>, which any thread
/// may set with <c>Volatile.Write</c> or <c>Interlocked</c>, and which the owner clears with a full fence before it reads requests
/// (the Dekker pattern of the exclusive protocol). The SIGSEGV/SIGBUS handler runs on the owning thread itself.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = GuestState)]
public unsafe struct VcpuHeader
{
    /// <summary>Offset in bytes of the guest's architectural state from <c>env</c>.</summary>
    public const int GuestState = 512;

    /// <summary>Nonzero asks translated code to leave at the next poll (TB entry and loop back-edge). Any thread sets it.</summary>
    [FieldOffset(0x00)] public int PollWord;

    /// <summary>1 while the thread is in translated code (compiled or interpreted): host faults are then guest faults.</summary>
    [FieldOffset(0x04)] public int InTranslatedCode;

    /// <summary>Host address of guest address 0.</summary>
    [FieldOffset(0x08)] public byte* GuestBase;

    /// <summary>The per-vCPU jump cache: <see cref="JumpCacheEntry.Count"/> entries, whose protocol is theirs.</summary>
    [FieldOffset(0x10)] public JumpCacheEntry* JumpCache;

    /// <summary>Pending guest exception, set by translated code that returns <see cref="TbExit.Exception"/>.</summary>
    [FieldOffset(0x18)] public ExceptionKind Exception;

    /// <summary>1 when the pending exception reports after the instruction (the state holds the next PC), 0 when it restarts it.</summary>
    [FieldOffset(0x1C)] public int ExceptionAfter;

    /// <summary>Argument of the pending exception (SVC immediate, trap code, faulting guest address).</summary>
    [FieldOffset(0x20)] public ulong ExceptionArg;

    /// <summary>Guest address of a fault that translated code found itself (address rule or alignment).</summary>
    [FieldOffset(0x28)] public ulong FaultGuestAddress;

    /// <summary>Written by the host signal handler: signal number, 0 when no host fault is recorded.</summary>
    [FieldOffset(0x30)] public int HostSignal;

    /// <summary>Written by the host signal handler: si_code.</summary>
    [FieldOffset(0x34)] public int HostSignalCode;

    /// <summary>Written by the host signal handler: si_addr, a host address.</summary>
    [FieldOffset(0x38)] public ulong HostFaultAddress;

    /// <summary>Written by the host signal handler: the RIP of the faulting host instruction.</summary>
    [FieldOffset(0x40)] public ulong HostFaultRip;

    /// <summary>Written by the host signal handler: bit 1 of the page fault error code is 1 for a write.</summary>
    [FieldOffset(0x48)] public ulong HostFaultError;

    /// <summary>A dead guest load still stores its value here, so that it happens at its full width and faults.</summary>
    [FieldOffset(0x50)] public ulong Scratch0;

    /// <summary>Upper half of a 16-byte dead load.</summary>
    [FieldOffset(0x58)] public ulong Scratch1;

    /// <summary>The exclusive monitor's guest address; all ones when it is open. Owner only.</summary>
    [FieldOffset(0x60)] public ulong ExclusiveAddress;

    /// <summary>Value that the load-exclusive read (low 64 bits).</summary>
    [FieldOffset(0x68)] public ulong ExclusiveValue0;

    /// <summary>Value that the load-exclusive read (high 64 bits of a pair).</summary>
    [FieldOffset(0x70)] public ulong ExclusiveValue1;

    /// <summary>Size in bytes that the load-exclusive read; 0 when the monitor is open.</summary>
    [FieldOffset(0x78)] public int ExclusiveSize;

    /// <summary>Index of the vCPU, from 0.</summary>
    [FieldOffset(0x7C)] public int CpuIndex;

    /// <summary>GCHandle of the runtime's vCPU object, so that helpers reach it from <c>env</c>.</summary>
    [FieldOffset(0x80)] public nint VcpuHandle;

    /// <summary>First guest address that is not the region's: user mode. Constant.</summary>
    [FieldOffset(0x88)] public ulong AddressLimit;

    /// <summary>Nonzero when the last load-exclusive armed its page: which arming of it (see the runtime's exclusive pages). Owner only.</summary>
    [FieldOffset(0x90)] public ulong ExclusiveGeneration;

    /// <summary>Number of TBs entered through the dispatcher, for --stats.</summary>
    [FieldOffset(0x98)] public ulong DispatchCount;

    /// <summary>
    /// <c>delegate*&lt;nint, ulong, nint, void&gt;</c>: told of each load-exclusive's <c>env</c>, guest and host address before it loads; 0 while no pair of the machine
    /// needs it. Any thread sets it, once.
    /// </summary>
    [FieldOffset(0xA0)] public nint ExclusiveArm;

    /// <summary>Bytes below <c>env</c> that belong to the block: the interpreter's frame. Set by <see cref="VcpuBlock.Allocate"/>, constant.</summary>
    [FieldOffset(0xA8)] public int FrameBytes;

    /// <summary>Guest PC of the last load-exclusive. Owner only.</summary>
    [FieldOffset(0xB0)] public ulong ExclusivePc;

    /// <summary>
    /// <c>delegate*&lt;nint, nint, ulong&gt;</c>: asked, with <c>env</c> and host address, before a store-exclusive of a pair that is not among <see cref="VcpuBlock.CheckedPair"/>, or whose page is armed; 0 makes
    /// it fail. 0 where there is no runtime. Constant.
    /// </summary>
    [FieldOffset(0xC8)] public nint ExclusiveCheck;

    /// <summary>Offset from <c>env</c> of the guest's PC. Constant.</summary>
    [FieldOffset(0xD0)] public int PcOffset;

    /// <summary>Log2 of the softmmu TLB's page in bytes; 0 in user mode. Constant.</summary>
    [FieldOffset(0xD4)] public int TlbPageBits;

    /// <summary>What softmmu accesses call that cannot be done inline; null in user mode. Constant. The TLB's tables are found through the <see cref="TlbDescriptor"/>s at <see cref="TlbDescriptor.HeaderOffset"/>.</summary>
    [FieldOffset(0xD8)] public SoftMmuCalls* SoftMmu;

    /// <summary>Floating-point environment of the guest's default <c>fpenv</c>.</summary>
    [FieldOffset(0xE0)] public FpStatus Fp;

    /// <summary>
    /// Number of the recipe by which hot code has left registers to be computed, 0 when all are in their place. Set and cleared by compiled code; whoever
    /// leaves compiled code has the recipe followed (<see cref="Backends.ITcgBackend.Settle"/>) before anything else looks at the state.
    /// </summary>
    [FieldOffset(0x100)] public int Deferred;

    /// <summary>The recipe's leaves: four 8-byte values, of which I32 ones fill the low half.</summary>
    [FieldOffset(0x108)] public ulong Leaf0;

    [FieldOffset(0x110)] public ulong Leaf1;

    [FieldOffset(0x118)] public ulong Leaf2;

    [FieldOffset(0x120)] public ulong Leaf3;

    /// <summary>Guest PC at which the code starts that left with <see cref="TbExit.ExactFloat"/>. Owner only.</summary>
    [FieldOffset(0x128)] public ulong LeftPc;

    /// <summary>The <c>tbstate</c> bits with which that code starts. Owner only.</summary>
    [FieldOffset(0x130)] public ulong LeftFlags;
}
