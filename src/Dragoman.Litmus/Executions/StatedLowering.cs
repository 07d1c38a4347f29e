using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Executions;

/// <summary>
/// What the IL backend does on each host (docs/architecture.md, "Order on hosts"). <c>volatile.</c> accesses are, on Arm64 and with the <c>unaligned.</c> that
/// the backend adds, a load with DMB ISHLD behind it and a DMB ISH with a store behind it.
/// </summary>
public sealed class StatedLowering : IHostLowering
{
    private static readonly HostStep[] s_none = [];
    private static readonly HostStep[] s_load = [HostStep.Load];
    private static readonly HostStep[] s_volatileLoad = [HostStep.LoadAcquire];
    private static readonly HostStep[] s_store = [HostStep.Store];
    private static readonly HostStep[] s_volatileStore = [HostStep.StoreRelease];
    private static readonly HostStep[] s_storeFence = [HostStep.Store, HostStep.Fence];
    private static readonly HostStep[] s_fencedStore = [HostStep.Fence, HostStep.StoreRelease, HostStep.Fence];
    private static readonly HostStep[] s_atomic = [HostStep.Atomic];
    private static readonly HostStep[] s_fence = [HostStep.Fence];
    private readonly bool _isTso;

    private StatedLowering(string host, string model, bool isTso)
    {
        Host = host;
        Model = model;
        _isTso = isTso;
    }

    /// <summary>Hosts with x86-TSO.</summary>
    public static StatedLowering X64 { get; } = new("x64", "x86-tso.cat", isTso: true);

    /// <summary>Arm64 hosts.</summary>
    public static StatedLowering Arm64 { get; } = new("Arm64", "armv8.cat", isTso: false);

    /// <summary>Every host.</summary>
    public static IReadOnlyList<IHostLowering> All { get; } = [X64, Arm64];

    /// <inheritdoc/>
    public string Host { get; }

    /// <inheritdoc/>
    public string Model { get; }

    /// <inheritdoc/>
    public IReadOnlyList<HostStep> Steps(AccessKind kind, MemOp op, MemBarrier barrier) => kind switch
    {
        AccessKind.Load or AccessKind.LoadExclusive => _isTso ? s_load : s_volatileLoad,
        AccessKind.Store when (op & (MemOp.Release | MemOp.SeqCst)) != 0 => _isTso ? s_storeFence : s_fencedStore,
        AccessKind.Store => _isTso ? s_store : s_volatileStore,
        AccessKind.StoreExclusive or AccessKind.Atomic => s_atomic,
        AccessKind.Fence => !_isTso || (barrier & MemBarrier.StoreLoad) != 0 ? s_fence : s_none,
        _ => s_none,
    };
}
