using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Ordering;

/// <summary>One line of a host's table.</summary>
/// <param name="Kind">The accesses that it is about.</param>
/// <param name="Orders">Order bits of <see cref="MemOp"/> that the access must all have.</param>
/// <param name="Barrier">Bits that a fence must all have.</param>
/// <param name="IsStronger">Whether the steps order more than the guest asks.</param>
/// <param name="Steps">What the host does, in order.</param>
public sealed record LoweringRule(AccessKind Kind, MemOp Orders, MemBarrier Barrier, bool IsStronger, params IReadOnlyList<HostStep> Steps)
{
    /// <summary>Whether the line says what becomes of an access or barrier.</summary>
    public bool Covers(AccessKind kind, MemOp op, MemBarrier barrier) =>
        kind == Kind && (op & Orders) == Orders && (barrier & Barrier) == Barrier;
}
