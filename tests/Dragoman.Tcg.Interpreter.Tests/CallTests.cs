using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Calls of helpers, and ops that are calls: floats and vectors.</summary>
public sealed unsafe class CallTests : IDisposable
{
    private readonly TestVcpu _cpu = new();

    public void Dispose() => _cpu.Dispose();

    private static ulong Weigh0(byte* env) => 1;

    private static ulong Weigh1(byte* env, ulong a) => a * 2;

    private static ulong Weigh2(byte* env, ulong a, ulong b) => (a * 2) + (b * 3);

    private static ulong Weigh3(byte* env, ulong a, ulong b, ulong c) => (a * 2) + (b * 3) + (c * 5);

    private static ulong Weigh4(byte* env, ulong a, ulong b, ulong c, ulong d) => (a * 2) + (b * 3) + (c * 5) + (d * 7);

    private static ulong Weigh5(byte* env, ulong a, ulong b, ulong c, ulong d, ulong e) => (a * 2) + (b * 3) + (c * 5) + (d * 7) + (e * 11);

    private static ulong Raise(byte* env, ulong argument)
    {
        ((VcpuHeader*)env)->Exception = ExceptionKind.GuestTrap;
        ((VcpuHeader*)env)->ExceptionArg = argument;
        return 0;
    }

    [Fact]
    public void ArgumentsArriveInOrderAndZeroExtended()
    {
        nint[] pointers =
        [
            (nint)(delegate*<byte*, ulong>)&Weigh0,
            (nint)(delegate*<byte*, ulong, ulong>)&Weigh1,
            (nint)(delegate*<byte*, ulong, ulong, ulong>)&Weigh2,
            (nint)(delegate*<byte*, ulong, ulong, ulong, ulong>)&Weigh3,
            (nint)(delegate*<byte*, ulong, ulong, ulong, ulong, ulong>)&Weigh4,
            (nint)(delegate*<byte*, ulong, ulong, ulong, ulong, ulong, ulong>)&Weigh5,
        ];
        ulong[] weights = [2, 3, 5, 7, 11];
        _cpu.W(0) = 0xFFFFFFFF;
        _cpu.W(1) = 0x12345678;
        for (int count = 0; count <= 5; count++)
        {
            TcgContext tcg = _cpu.Context;
            var arguments = new Temp[count];
            ulong expected = count == 0 ? 1u : 0;
            for (int i = 0; i < count; i++)
            {
                // The first is a 32-bit register, with another one above it in memory.
                arguments[i] = i == 0 ? _cpu.NarrowGlobal(0) : tcg.Add(TcgType.I64, _cpu.Global(i), tcg.Const(TcgType.I64, (ulong)i));
                _cpu.X(i) = (ulong)(1000 * i);
                expected += weights[i] * (i == 0 ? 0xFFFFFFFFu : (ulong)((1000 * i) + i));
            }

            tcg.Mov(_cpu.Global(8), tcg.Call(Helper(pointers[count], count, HelperFlags.Pure), TcgType.I64, arguments));
            Assert.Equal(TbExit.Lookup, _cpu.Finish());
            Assert.Equal(expected, _cpu.X(8));
        }
    }

    [Fact]
    public void AHelperThatRaisesLeavesWithTheInstructionsPc()
    {
        TcgContext tcg = _cpu.Context;
        tcg.InsnStart(0x4008);
        tcg.Call(Helper((nint)(delegate*<byte*, ulong, ulong>)&Raise, 1, HelperFlags.MayRaise), TcgType.I64, tcg.Const(TcgType.I64, 42UL));
        tcg.Mov(_cpu.Global(0), tcg.Const(TcgType.I64, 1UL));
        Assert.Equal(TbExit.Exception, _cpu.Finish());
        Assert.Equal(42u, _cpu.Header->ExceptionArg);
        Assert.Equal(0x4008u, _cpu.Pc);
        Assert.Equal(0u, _cpu.X(0));
    }

    [Fact]
    public void FloatOpsUseTheVcpusEnvironment()
    {
        TcgContext tcg = _cpu.Context;
        _cpu.X(0) = BitConverter.DoubleToUInt64Bits(1.0);
        _cpu.X(1) = BitConverter.DoubleToUInt64Bits(3.0);
        _cpu.W(0) = BitConverter.SingleToUInt32Bits(2.5f);
        _cpu.Header->Fp.Rounding = FpRounding.Up;
        tcg.Mov(_cpu.Global(2), tcg.FDiv(TcgType.I64, _cpu.Global(0), _cpu.Global(1)));
        tcg.Mov(_cpu.Global(3), tcg.FDiv(TcgType.I64, _cpu.Global(0), _cpu.Global(1), FpRounding.Down));
        tcg.Mov(_cpu.NarrowGlobal(1), tcg.FMul(TcgType.I32, _cpu.NarrowGlobal(0), _cpu.NarrowGlobal(0)));
        tcg.Mov(_cpu.Global(4), tcg.F2SI(TcgType.I64, _cpu.NarrowGlobal(0), 0, FpRounding.Zero));
        tcg.Mov(_cpu.NarrowGlobal(2), tcg.F2SI(TcgType.I32, _cpu.Global(1), 4, FpRounding.Zero));
        tcg.Mov(_cpu.Global(5), tcg.SI2F(TcgType.I64, tcg.Const(TcgType.I32, 0xFFFFFFFEUL), 1));
        tcg.Mov(_cpu.NarrowGlobal(3), tcg.FCmp(_cpu.Global(0), _cpu.Global(1)));
        tcg.Mov(_cpu.Global(6), tcg.FCvt32To64(_cpu.NarrowGlobal(0)));
        tcg.Mov(_cpu.Global(7), tcg.FMAdd(TcgType.I64, _cpu.Global(0), _cpu.Global(1), _cpu.Global(1)));
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal(_cpu.X(3) + 1, _cpu.X(2));
        Assert.Equal(BitConverter.DoubleToUInt64Bits(1.0 / 3.0), _cpu.X(3));
        Assert.Equal(6.25f, BitConverter.UInt32BitsToSingle(_cpu.W(1)));
        Assert.Equal(2u, _cpu.X(4));
        Assert.Equal(48u, _cpu.W(2));
        Assert.Equal(-1.0, BitConverter.UInt64BitsToDouble(_cpu.X(5)));
        Assert.Equal(8u, _cpu.W(3));
        Assert.Equal(2.5, BitConverter.UInt64BitsToDouble(_cpu.X(6)));
        Assert.Equal(10.0, BitConverter.UInt64BitsToDouble(_cpu.X(7)));
        Assert.True(_cpu.Header->Fp.Exceptions.HasFlag(FpExceptions.Inexact));
    }

    private static HelperInfo Helper(nint pointer, int arguments, HelperFlags flags) => new("test", null!, pointer, arguments, flags);
}
