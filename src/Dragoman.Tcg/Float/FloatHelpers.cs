using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// The floating-point ops in the shape of IR helpers: <c>static ulong F(byte* env, ulong a, ...)</c>, with the environment at
/// <see cref="VcpuHeader.Fp"/>. The number at the end of a name is the format's width. Operands and results are zero-extended.
/// </summary>
/// <remarks>
/// A <c>rounding</c> argument is an <see cref="FpRounding"/>; <see cref="FpRounding.Dynamic"/> takes the status's own direction.
/// Called on the vCPU's own thread only. They read and write nothing but the status, so they are neither <c>Pure</c> nor do they
/// need registers in the state; the cumulative exceptions are the side effect.
/// </remarks>
public static unsafe partial class FloatHelpers
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref FpStatus Status(byte* env) => ref ((VcpuHeader*)env)->Fp;
}
