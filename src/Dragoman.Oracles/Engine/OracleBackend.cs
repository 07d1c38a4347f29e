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
    public TbCode Compile(TcgContext context, in CompileRequest request) => new OracleCode(oracle, guest, request, States(context));

    // By PC the tbstate with which each instruction was translated: who comes there with another leaves the TB.
    private static Dictionary<ulong, ulong> States(TcgContext context)
    {
        Dictionary<ulong, ulong> states = [];
        foreach (ref readonly Op op in context.Ops)
        {
            if (op.Opcode == Opcode.InsnStart)
            {
                states.TryAdd((ulong)op.Imm0, (ulong)op.Imm1);
            }
        }

        return states;
    }
}
