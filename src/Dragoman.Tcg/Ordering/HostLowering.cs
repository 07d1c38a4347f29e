using System.Runtime.InteropServices;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Ordering;

/// <summary>
/// What each kind of access and barrier becomes on a host while several vCPUs run. The one statement of it: the IL backend emits these steps,
/// <c>dragoman audit</c> prints them, and the litmus checker judges them by the host's model. Of a table's lines the first that covers an access holds.
/// </summary>
/// <param name="Host">The host: <c>x64</c>, <c>Arm64</c>.</param>
/// <param name="Model">The host's memory model: a file of the litmus checker.</param>
/// <param name="Names">How the audit calls each step.</param>
/// <param name="Rules">The table.</param>
public sealed record HostLowering(string Host, string Model, IReadOnlyDictionary<HostStep, string> Names, IReadOnlyList<LoweringRule> Rules)
{
    /// <summary>
    /// Hosts with x86-TSO, where only a store and a later load change places (Intel SDM 3A, 9.2.3.4): an RCsc release (Arm ARM B2.3.11) is fenced from
    /// later acquires, and a barrier costs only where it orders stores before loads.
    /// </summary>
    public static HostLowering X64 { get; } = new(
        "x64",
        "x86-tso.cat",
        new Dictionary<HostStep, string>
        {
            [HostStep.Load] = "mov", [HostStep.Store] = "mov", [HostStep.Atomic] = "locked instruction", [HostStep.Fence] = "full fence",
        },
        [
            new(AccessKind.Load, default, default, false, HostStep.Load),
            new(AccessKind.LoadExclusive, default, default, false, HostStep.Load),
            new(AccessKind.Store, MemOp.Release, default, false, HostStep.Store, HostStep.Fence),
            new(AccessKind.Store, MemOp.SeqCst, default, false, HostStep.Store, HostStep.Fence),
            new(AccessKind.Store, default, default, false, HostStep.Store),
            new(AccessKind.StoreExclusive, default, default, false, HostStep.Atomic),
            new(AccessKind.Atomic, default, default, false, HostStep.Atomic),
            new(AccessKind.Fence, default, MemBarrier.StoreLoad, false, HostStep.Fence),
            new(AccessKind.Fence, default, default, false),
        ])
    {
        AtomicIsFence = true,
    };

    /// <summary>
    /// Arm64 hosts. <c>volatile.</c> accesses with the <c>unaligned.</c> that the backend adds are a load with DMB ISHLD behind it, and a DMB ISH with a
    /// store behind it; .NET's atomics are acquire-release with a trailing DMB ISH.
    /// </summary>
    public static HostLowering Arm64 { get; } = new(
        "Arm64",
        "armv8.cat",
        new Dictionary<HostStep, string>
        {
            [HostStep.LoadAcquire] = "ldr, dmb ishld", [HostStep.StoreRelease] = "dmb ish, str", [HostStep.Atomic] = "Interlocked", [HostStep.Fence] = "dmb ish",
        },
        [
            new(AccessKind.Load, MemOp.Acquire, default, false, HostStep.LoadAcquire),
            new(AccessKind.Load, MemOp.AcquirePc, default, false, HostStep.LoadAcquire),
            new(AccessKind.Load, MemOp.SeqCst, default, false, HostStep.LoadAcquire),
            new(AccessKind.Load, default, default, true, HostStep.LoadAcquire),
            new(AccessKind.LoadExclusive, MemOp.Acquire, default, false, HostStep.LoadAcquire),
            new(AccessKind.LoadExclusive, default, default, true, HostStep.LoadAcquire),
            new(AccessKind.Store, MemOp.Release, default, true, HostStep.Fence, HostStep.StoreRelease, HostStep.Fence),
            new(AccessKind.Store, MemOp.SeqCst, default, true, HostStep.Fence, HostStep.StoreRelease, HostStep.Fence),
            new(AccessKind.Store, default, default, true, HostStep.StoreRelease),
            new(AccessKind.StoreExclusive, MemOp.Release, default, false, HostStep.Atomic),
            new(AccessKind.StoreExclusive, default, default, true, HostStep.Atomic),
            new(AccessKind.Atomic, MemOp.Acquire | MemOp.Release, default, false, HostStep.Atomic),
            new(AccessKind.Atomic, default, default, true, HostStep.Atomic),
            new(AccessKind.Fence, default, MemBarrier.All, false, HostStep.Fence),
            new(AccessKind.Fence, default, default, true, HostStep.Fence),
        ]);

    /// <summary>Whether a <see cref="HostStep.Atomic"/> orders all before it with all behind it, as <see cref="HostStep.Fence"/> does.</summary>
    public bool AtomicIsFence { get; init; }

    /// <summary>Every host.</summary>
    public static IReadOnlyList<HostLowering> All { get; } = [X64, Arm64];

    /// <summary>The host that this process runs on.</summary>
    public static HostLowering Current { get; } = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? X64 : Arm64;

    /// <summary>The steps of an access or barrier, in order; none for what the host need not do.</summary>
    public IReadOnlyList<HostStep> Steps(AccessKind kind, MemOp op, MemBarrier barrier) => Rule(kind, op, barrier)?.Steps ?? [];

    /// <summary>The same in words, for the audit.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="op">Its order, as the guest's description says it.</param>
    /// <param name="barrier">Of a fence: what it orders.</param>
    /// <param name="isTso">The guest orders plain accesses as TSO does: more is not stronger than it asks unless there is a fence more.</param>
    public string Describe(AccessKind kind, MemOp op, MemBarrier barrier, bool isTso)
    {
        if (Rule(kind, op, barrier) is not { } rule)
        {
            return "-";
        }

        string steps = rule.Steps.Count == 0 ? "none needed" : string.Join(", ", rule.Steps.Select(step => Names[step]));
        return steps + (kind == AccessKind.LoadExclusive ? ", value kept" : "") + (rule.IsStronger && !(isTso && IsAskedByTso(rule)) ? " (stronger)" : "");
    }

    // A load that nothing passes, a store that passes nothing, and an atomic access that orders all are what TSO's are (Intel SDM 3A, 9.2.2 and 9.2.3.9).
    private static bool IsAskedByTso(LoweringRule rule) =>
        (rule.Kind, rule.Steps) is (AccessKind.Load, [HostStep.LoadAcquire]) or (AccessKind.Store, [HostStep.StoreRelease]) or (AccessKind.Atomic, [HostStep.Atomic]);

    private LoweringRule? Rule(AccessKind kind, MemOp op, MemBarrier barrier)
    {
        foreach (LoweringRule rule in Rules)
        {
            if (rule.Covers(kind, op, barrier))
            {
                return rule;
            }
        }

        return null;
    }
}
