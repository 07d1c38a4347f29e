using Dragoman.Guests.Tests.Witness;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>RCPSS and RSQRTSS: how they err differs between processors; how far they may is in the manual (Intel SDM 2B).</summary>
public sealed class ApproximationTests
{
    private const double Bound = 1.5 / 4096;

    [Theory]
    [InlineData("F30F53C1", false)]
    [InlineData("F30F52C1", true)]
    public void The_relative_error_is_small(string code, bool isRoot)
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            float x = MathF.Abs(BitConverter.UInt32BitsToSingle((uint)random.Next(0x0100_0000, 0x7E00_0000)));
            var before = new X86State();
            before.Vectors[1] = BitConverter.SingleToUInt32Bits(x);
            X86State after = machine.Execute(Convert.FromHexString(code), before);
            double exact = isRoot ? 1 / Math.Sqrt(x) : 1.0 / x;
            double actual = BitConverter.UInt32BitsToSingle((uint)after.Vectors[0]);
            Assert.True(Math.Abs(actual - exact) <= Bound * exact, $"{x}: {actual}");
        }
    }
}
