using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Guests.X86;
using Dragoman.Runtime.Guests;

namespace Dragoman.MicroBenchmarks;

/// <summary>Straight code of one guest: a load, arithmetic, a store, flags or a test with a conditional move, a byte, a product.</summary>
/// <param name="Guest">Whose code it is.</param>
/// <param name="Base">Name of the register through which it reaches memory: 8 bytes at offset 8 and 16, one at 24.</param>
/// <param name="Code">Its bytes.</param>
public sealed record GuestSample(IGuest Guest, string Base, byte[] Code)
{
    /// <summary>One for each guest, by its name.</summary>
    public static IReadOnlyDictionary<string, GuestSample> All { get; } = new GuestSample[]
    {
        // ldr x3, [x1, #8]; add x4, x4, x3; eor x5, x4, x4, ror #13; str x5, [x1, #16]; subs x0, x0, #1; csel x6, x5, x4, ne; ldrb w7, [x1, #24]; madd x8, x7, x6, x4
        new(AArch64Guest.Instance, "X1", Convert.FromHexString("230440f98400038b8534c4ca250800f9000400f1a610849a27604039e810069b")),
        // ldq $3, 8($1); addq $4, $3, $4; sll $4, 13, $5; xor $4, $5, $5; stq $5, 16($1); subq $0, 1, $0; cmovne $0, $5, $6; ldbu $7, 24($1); mulq $7, $6, $8
        new(AlphaGuest.Instance, "R1", Convert.FromHexString("080061a40404834025b78148050885441000a1b420350040c60405441800e1280804e64c")),
        // mov rax, [rcx+8]; add rbx, rax; mov rdx, rbx; rol rdx, 13; xor rdx, rbx; mov [rcx+16], rdx; dec rdi; cmovne rsi, rdx; movzx r8d, byte [rcx+24]; imul r8, rsi
        new(X86Guest.Intel64, "RCX", Convert.FromHexString("488b41084801c34889da48c1c20d4831da4889511048ffcf480f45f2440fb641184c0fafc6")),
    }.ToDictionary(sample => sample.Guest.Name);
}
