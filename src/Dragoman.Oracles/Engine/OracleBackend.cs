using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Oracles.Engine;

/// <summary>
/// The oracle as an engine of lockstep: it looks at no ops, but evaluates the description's bodies for the guest's code. It links nothing and does
/// one thing at a time: other vCPUs must not run meanwhile.
/// </summary>
public sealed class OracleBackend(GuestOracle oracle, IGuest guest) : ITcgBackend
{
    /// <inheritdoc/>
    public string Name => "oracle";

    /// <inheritdoc/>
    public TbCode Compile(TcgContext context, in CompileRequest request) => new OracleCode(oracle, guest, request);
}
