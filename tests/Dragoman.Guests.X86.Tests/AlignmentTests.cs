using Dragoman.Guests.Tests.Witness;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>What SSE refuses misaligned and what not (SDM 1, 10.4.1.1, 11.4.4).</summary>
public sealed class AlignmentTests
{
    public static TheoryData<string, bool> Accesses => new()
    {
        { "0F2800", true }, // movaps xmm0, [rax]
        { "0F2900", true }, // movaps [rax], xmm0
        { "660F7F00", true }, // movdqa [rax], xmm0
        { "0F5800", true }, // addps xmm0, [rax]
        { "660FFC00", true }, // paddb xmm0, [rax]
        { "0F1000", false }, // movups xmm0, [rax]
        { "F30F7F00", false }, // movdqu [rax], xmm0
        { "F20FF000", false }, // lddqu xmm0, [rax]
        { "F20F5800", false }, // addsd xmm0, [rax]
        { "660F3A630000", false }, // pcmpistri xmm0, [rax], 0
        { "C5F82800", true }, // vmovaps xmm0, [rax]
        { "C5FD7F00", true }, // vmovdqa [rax], ymm0
        { "C5F85800", false }, // vaddps xmm0, xmm0, [rax]
        { "C5FC1000", false }, // vmovups ymm0, [rax]
    };

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Vectors_are_aligned_where_the_manual_says(string code, bool isRefused)
    {
        foreach (ITcgBackend backend in (ITcgBackend[])[new InterpreterBackend(), new IlBackend()])
        {
            using var machine = new X86Machine(backend, undefined: 0);
            foreach (ulong offset in (ulong[])[0, 8])
            {
                machine.Clear();
                machine.SetRegister("RAX", 0, 64, X86State.Scratch + offset);
                machine.Run(Convert.FromHexString(code));
                Assert.Equal(isRefused && offset != 0 ? ExceptionKind.AlignmentFault : ExceptionKind.Breakpoint, machine.Last.Kind);
            }
        }
    }
}
