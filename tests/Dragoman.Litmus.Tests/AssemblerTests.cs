using System.Text;
using Dragoman.Guests.AArch64;
using Dragoman.Litmus.Assembling;

namespace Dragoman.Litmus.Tests;

/// <summary>Words that the manual gives for texts, and that the description is searched for.</summary>
public sealed class AssemblerTests
{
    private static readonly DescribedAssembler s_assembler = DescribedAssembler.Of(AArch64Guest.Instance);

    [Theory]
    [InlineData("STR W0,[X1]", 0xB9000020)]
    [InlineData("ldr x0, [x1, #8]", 0xF9400420)]
    [InlineData("LDR W2,[X3,W4,SXTW]", 0xB864C862)]
    [InlineData("STLR W0,[X1]", 0x889FFC20)]
    [InlineData("LDAPR X0,[X1]", 0xF8BFC020)]
    [InlineData("STLXR W0,W1,[X2]", 0x8800FC41)]
    [InlineData("LDADDAL X1,X2,[X3]", 0xF8E10062)]
    [InlineData("CASP X0,X1,X2,X3,[X4]", 0x48207C82)]
    [InlineData("DMB ISH", 0xD5033BBF)]
    [InlineData("MOV W0,#1", 0x52800020)]
    [InlineData("CBNZ W0,#0x1010", 0x35000080)]
    [InlineData("B.NE #0xff0", 0x54FFFF81)]
    public void Texts_become_their_words(string text, uint word)
    {
        AssembledInsn? insn = s_assembler.Assemble(text, 0x1000);
        Assert.NotNull(insn);
        Assert.Equal(word, BitConverter.ToUInt32(insn.Code));
        StringBuilder back = new();
        AArch64Guest.Instance.Disassemble(insn.Code, 0x1000, back);
        Assert.Equal(AssemblyText.Parse(text), AssemblyText.Parse(back.ToString()));
    }
}
