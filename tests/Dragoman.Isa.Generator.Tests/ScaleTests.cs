using System.Text;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>A description of some thousand instructions, as three guests together may have, is no trouble.</summary>
public sealed class ScaleTests
{
    [Fact]
    public void Four_thousand_instructions_are_told_apart_by_a_shallow_tree()
    {
        var text = new StringBuilder("isa Big { insn 32 little; reg R[32]: u64; pc PC }\n");
        for (int i = 0; i < 4096; i++)
        {
            string op = Convert.ToString(i, 2).PadLeft(12, '0');
            text.Append($"insn I{i} = {op[..6]} rd:5 {op[6..]} rn:5 imm:10 asm \"i{i} {{rd}}, {{rn}}, {{imm}}\" {{ R[rd] = R[rn] + imm }}\n");
        }

        var run = new GeneratorRun("decoder,disassembler", ("/g/big.isa", text.ToString()));

        Assert.Empty(run.Result.Diagnostics);
        string decoder = run.Source("Big.Decoder.g.cs");
        Assert.Contains("return InsnId.I4095;", decoder, StringComparison.Ordinal);

        // Switches all the way: no instruction is found by comparing words one after the other.
        Assert.DoesNotContain("if (", decoder, StringComparison.Ordinal);
    }
}
