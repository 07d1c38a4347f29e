using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>
/// Runs every TB on several engines, from the same state and the same memory, and stops at the first difference. With
/// <see cref="RuntimeOptions.OneInsnPerTb"/> it compares after every instruction.
/// </summary>
/// <remarks>
/// An engine is a backend; an oracle that evaluates instructions directly is one that ignores the ops and goes by the request's PC.
/// Before each op that writes guest memory a call is put that keeps the old bytes, so that each engine starts from the same memory.
/// Other vCPUs must not touch that memory meanwhile: use <see cref="ThreadModel.Single"/>. TBs never are chained.
/// A guest that reads a clock differs by itself; everything else that a helper does twice must be harmless.
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
        StoreLog.Instrument(context);
        var unchained = request with { Chain = false };
        var codes = new TbCode[_engines.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = _engines[i].Compile(context, unchained);
        }

        return new LockstepCode(_engines, codes, request.Pc, context.Dump());
    }
}
