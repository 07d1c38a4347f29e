using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Executions;

/// <summary>One single-copy atomic access or one barrier of a thread, as the guest's frontend asks the IR for it.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="MemOp">Size and order.</param>
/// <param name="Barrier">Of a fence: what it orders.</param>
/// <param name="Address">Where.</param>
/// <param name="Bytes">How much: 1 to 16.</param>
/// <param name="Read">The value read, when it reads.</param>
/// <param name="Written">The value written, when it writes.</param>
/// <param name="Writes">Whether it writes.</param>
/// <param name="Dependencies">The earlier reads on which it depends.</param>
/// <param name="Pair">Of a store-exclusive: index of its load-exclusive in the thread; else -1.</param>
public sealed record Access(
    AccessKind Kind,
    MemOp MemOp,
    MemBarrier Barrier,
    ulong Address,
    int Bytes,
    UInt128 Read,
    UInt128 Written,
    bool Writes,
    Dependencies Dependencies,
    int Pair = -1)
{
    /// <summary>Whether it reads memory.</summary>
    public bool Reads => Kind is AccessKind.Load or AccessKind.LoadExclusive or AccessKind.Atomic;

    /// <summary>A barrier.</summary>
    public static Access Fence(MemBarrier barrier, Dependencies dependencies) =>
        new(AccessKind.Fence, default, barrier, 0, 0, 0, 0, false, dependencies);

    /// <summary>An instruction barrier.</summary>
    public static Access InstructionBarrier(Dependencies dependencies) =>
        new(AccessKind.InstructionBarrier, default, default, 0, 0, 0, 0, false, dependencies);
}

/// <summary>Sets of a thread's accesses, bit i for access i, that read what something depends on.</summary>
/// <param name="Address">What its address was computed from.</param>
/// <param name="Data">What the value that it stores was computed from.</param>
/// <param name="Control">What decided branches before it.</param>
public readonly record struct Dependencies(ulong Address, ulong Data, ulong Control);

/// <summary>One way that a thread can run: its accesses in program order with the values that it read, and how it ended.</summary>
/// <param name="Accesses">In program order.</param>
/// <param name="Registers">Final values of the thread's observed registers, in the order of the test's observables.</param>
public sealed record ThreadTrace(IReadOnlyList<Access> Accesses, IReadOnlyList<UInt128> Registers);
