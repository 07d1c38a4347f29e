using System.Text;
using Dragoman.Guests.X86;
using Dragoman.Litmus.Assembling;

namespace Dragoman.Litmus.Tests;

/// <summary>Code that the manual gives for x86's texts (SDM 2), in AT&amp;T syntax as tests have them, and that the description's rows are searched for.</summary>
public sealed class X86AssemblerTests
{
    [Theory]
    [InlineData("movl $1,(%rbx)", "C703 01000000")]
    [InlineData("MOVQ $-1,(%rbx)", "48C703 FFFFFFFF")]
    [InlineData("movb $-1,4(%rbx)", "C64304 FF")]
    [InlineData("movw $0x1234,-2(%r12)", "6641C74424FE 3412")]
    [InlineData("movl (%r15),%eax", "418B07")]
    [InlineData("movl (r15),r9d", "458B0F")]
    [InlineData("movb (%rsi),%sil", "408A36")]
    [InlineData("movq 128(%rax,%r9,8),%rcx", "4A8B8CC8 80000000")]
    [InlineData("movzbl (%rdi),%eax", "0FB607")]
    [InlineData("movslq (%rdi),%rax", "486307")]
    [InlineData("lock addl $1,(%r15)", "F0418307 01")]
    [InlineData("LOCK ADDQ %rax,(%rbx)", "F0480103")]
    [InlineData("lock; addl $1,(%r15)", "F0418307 01")]
    [InlineData("lock notw (%rbx)", "F066F713")]
    [InlineData("lock xaddb %cl,(%rbx)", "F00FC00B")]
    [InlineData("lock cmpxchgl %ecx,(%rbx)", "F00FB10B")]
    [InlineData("lock cmpxchg8b (%rsi)", "F00FC70E")]
    [InlineData("lock cmpxchg16b (%rsi)", "F0480FC70E")]
    [InlineData("lock btsl $3,(%rbx)", "F00FBA2B 03")]
    [InlineData("xchgl %eax,(%r15)", "418707")]
    [InlineData("xchgl (%r15),%eax", "418707")]
    [InlineData("xchgl %ebx,%ecx", "87CB")]
    [InlineData("mfence", "0FAEF0")]
    [InlineData("lfence", "0FAEE8")]
    [InlineData("sfence", "0FAEF8")]
    [InlineData("movdqa (%rbx),%xmm0", "660F6F03")]
    [InlineData("movdqa %xmm9,(%rbx)", "66440F7F0B")]
    [InlineData("movdqu (%rbx),%xmm1", "F30F6F0B")]
    [InlineData("vmovdqa (%rbx),%xmm1", "C4E1796F0B")]
    [InlineData("movq %rax,%xmm1", "66480F6EC8")]
    [InlineData("movq (%rbx),%xmm1", "F30F7E0B")]
    [InlineData("movhlps %xmm0,%xmm1", "0F12C8")]
    [InlineData("shll %cl,%eax", "D3E0")]
    [InlineData("setz %al", "0F94C0")]
    [InlineData("cmovlt %eax,%ebx", "0F4CD8")]
    [InlineData("int $0x80", "CD80")]
    public void Texts_become_their_code(string text, string code)
    {
        string expected = code.Replace(" ", "", StringComparison.Ordinal);
        byte[] bytes = Described.Assemble("t", $"X86_64 T\n{{ }}\n P0 ;\n {text} ;\nexists (true)").Threads[0].Instructions[0].Code;
        StringBuilder ours = new(), theirs = new();
        X86Guest.Intel64.Disassemble(bytes, 0, ours);
        X86Guest.Intel64.Disassemble(Convert.FromHexString(expected), 0, theirs);

        // There is more than one code for a text: the shortest is not asked for.
        Assert.Equal(theirs.ToString(), ours.ToString());
        Assert.True(bytes.Length <= (expected.Length / 2) + 3, Convert.ToHexString(bytes));
    }

    [Fact]
    public void Branches_reach_their_labels()
    {
        ThreadCode code = Described.Assemble("t", "X86_64 T\n{ }\n P0 ;\n L0: movl (x),%eax ;\n cmpl $0,%eax ;\n je L0 ;\n jmp L1 ;\n nop ;\n L1: ;\nexists (true)").Threads[0];
        List<string> texts = [];
        ulong pc = code.Base;
        foreach (AssembledInsn insn in code.Instructions)
        {
            StringBuilder text = new();
            Assert.Equal(insn.Code.Length, X86Guest.Intel64.Disassemble(insn.Code, pc, text));
            texts.Add(text.ToString());
            pc += (ulong)insn.Code.Length;
        }

        Assert.Equal("mov eax, dword ptr [r15]", texts[0]);
        Assert.Equal($"je 0x{code.Base:x}", texts[2]);
        Assert.Equal($"jmp 0x{code.End:x}", texts[3]);
        Assert.Equal("int 0x80", texts[^1]);
    }
}
