using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Interprets ops: the cold tier, the portable backend, and the oracle of the others. vCPU blocks must come from <see cref="Abi.VcpuBlock"/>,
/// whose frame below <c>env</c> holds the temps of the TB that runs; so a helper must not run another TB on the same vCPU.
/// </summary>
public sealed class InterpreterBackend : ITcgBackend
{
    [ThreadStatic]
    private static InterpreterCompiler? t_compiler;

    /// <inheritdoc/>
    public string Name => "interpreter";

    /// <inheritdoc/>
    public TbCode Compile(TcgContext context, in CompileRequest request)
    {
        t_compiler ??= new InterpreterCompiler();
        return t_compiler.Compile(context, request);
    }
}
