using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>A vCPU header to run the operations on register formats in, and what they leave there.</summary>
internal sealed unsafe class RegisterMachine
{
    private readonly byte[] _block = GC.AllocateArray<byte>(sizeof(VcpuHeader), pinned: true);

    public byte* Env
    {
        get
        {
            fixed (byte* env = _block)
            {
                return env;
            }
        }
    }

    public ref FpStatus Status => ref ((VcpuHeader*)Env)->Fp;

    /// <summary>The pending trap's exception summary, 0 when there is none.</summary>
    public ulong Trap => ((VcpuHeader*)Env)->Exception == ExceptionKind.None ? 0 : ((VcpuHeader*)Env)->ExceptionArg;

    public void Reset(FpStatus status)
    {
        Status = status;
        ((VcpuHeader*)Env)->Exception = ExceptionKind.None;
        ((VcpuHeader*)Env)->ExceptionArg = 0;
    }

    public ulong Run(string operation, RegisterFormat format, ulong a, ulong b, FpTrap trap, FpRounding rounding) => operation switch
    {
        "add" => FloatHelpers.RAdd(Env, a, b, (ulong)format, (ulong)trap, (ulong)rounding),
        "subtract" => FloatHelpers.RSub(Env, a, b, (ulong)format, (ulong)trap, (ulong)rounding),
        "multiply" => FloatHelpers.RMul(Env, a, b, (ulong)format, (ulong)trap, (ulong)rounding),
        "divide" => FloatHelpers.RDiv(Env, a, b, (ulong)format, (ulong)trap, (ulong)rounding),
        "sqrt" => FloatHelpers.RSqrt(Env, a, (ulong)format, (ulong)trap, (ulong)rounding),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };
}
