using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>
/// Runs every TB on several engines, from the same state and the same memory, and stops at the first difference: at the first instruction
/// that makes one.
/// </summary>
/// <remarks>
/// An engine is a backend, or an oracle that evaluates the instructions of <see cref="CompileRequest.Code"/> directly, and calls <see cref="Keep"/>
/// before it writes memory. Before each op that does, such a call is put, so that each engine starts from the same memory.
/// Other vCPUs must not touch that memory meanwhile: use <see cref="ThreadModel.Single"/>. TBs never are chained. All engines read the same
/// clock; everything else that a helper does more than once must be harmless.
/// </remarks>
public sealed class LockstepBackend : ITcgBackend
{
    private readonly IReadOnlyList<ITcgBackend> _engines;

    /// <summary>Creates a lockstep of engines.</summary>
    /// <param name="engines">At least one; the first is what the others are compared with, and its result is what the guest goes on with.</param>
    public LockstepBackend(IReadOnlyList<ITcgBackend> engines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(engines.Count, 1);
        _engines = engines;
    }

    /// <inheritdoc/>
    public string Name => "lockstep";

    /// <inheritdoc/>
    public TbCode Compile(TcgContext context, in CompileRequest request)
    {
        var ops = context.Dump();
        StoreLog.Instrument(context);
        var unchained = request with { Chain = false };
        var codes = new TbCode[_engines.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = _engines[i].Compile(context, unchained);
        }

        return new LockstepCode(_engines, codes, unchained, ops);
    }

    /// <summary>For engines that do not go by the ops: before each write of guest memory. The address has passed the guest's address rule.</summary>
    public static unsafe void Keep(byte* env, ulong address, ulong size) => StoreLog.Keep(env, address, size);
}
