using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Guests.AArch64.Tests;

/// <summary>What the description says of a lane becomes an op on all lanes, where there is one. (What it computes is the oracle tests' business.)</summary>
public sealed class VectorizationTests
{
    [Theory]
    [InlineData(0x4E62D420, Opcode.FaddVec)] // fadd v0.2d, v1.2d, v2.2d
    [InlineData(0x4EA2D420, Opcode.FsubVec)] // fsub v0.4s, v1.4s, v2.4s
    [InlineData(0x2E22DC20, Opcode.FmulVec)] // fmul v0.2s, v1.2s, v2.2s
    [InlineData(0x6E62FC20, Opcode.FdivVec)] // fdiv v0.2d, v1.2d, v2.2d
    [InlineData(0x6EE1F820, Opcode.FsqrtVec)] // fsqrt v0.2d, v1.2d
    [InlineData(0x4E62CC20, Opcode.FmaddVec)] // fmla v0.2d, v1.2d, v2.2d
    [InlineData(0x4EA2CC20, Opcode.FmaddVec)] // fmls v0.4s, v1.4s, v2.4s
    [InlineData(0x4FC21020, Opcode.FmaddVec)] // fmla v0.2d, v1.2d, v2.d[0]
    [InlineData(0x4E22F420, Opcode.FmaxVec)] // fmax v0.4s, v1.4s, v2.4s
    [InlineData(0x4EE2C420, Opcode.FminnmVec)] // fminnm v0.2d, v1.2d, v2.2d
    [InlineData(0x4E22E420, Opcode.FeqVec)] // fcmeq v0.4s, v1.4s, v2.4s
    [InlineData(0x2EA2EC20, Opcode.FgtVec)] // facgt v0.2s, v1.2s, v2.2s
    [InlineData(0x6EA2D420, Opcode.FsubVec)] // fabd v0.4s, v1.4s, v2.4s
    public void Float_lanes_are_one_op(uint word, Opcode expected)
    {
        using var machine = new TestMachine();
        Assert.Null(machine.Translate(optimize: false, word));
        Opcode[] ops = [.. machine.Ops];
        Assert.Equal([expected], ops.Where(o => OpInfo.Of(o).Has(OpFlags.Float)));
        Assert.DoesNotContain(Opcode.LaneSet, ops);
    }
}
