using System.Globalization;
using Dragoman.Litmus.Assembling;

namespace Dragoman.Litmus;

/// <summary>What the litmus format and the models need to know of a guest beyond its description.</summary>
/// <param name="Header">First word of a test file, as herd writes it.</param>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Exit">Text of the system call that ends a thread: one that writes no register.</param>
/// <param name="Names">Names of registers that are not the manual's, or of which not 8 bytes count, by upper-case name.</param>
/// <param name="IsAtt">Whether tests are in AT&amp;T syntax, which is not the disassembler's.</param>
public sealed record LitmusArchitecture(string Header, string Guest, string Exit, IReadOnlyDictionary<string, RegisterPart> Names, bool IsAtt = false)
{
    private const int WholeBytes = 8;

    /// <summary>Every architecture that tests may be written for.</summary>
    public static IReadOnlyList<LitmusArchitecture> All { get; } =
    [
        new("AArch64", "aarch64", "svc #0", Numbered("W", "X", 31, 4)),
        new("Alpha", "alpha", "callsys", InOrder(
            "V0 T0 T1 T2 T3 T4 T5 T6 T7 S0 S1 S2 S3 S4 S5 FP A0 A1 A2 A3 A4 A5 T8 T9 T10 T11 RA T12 AT GP SP")),
        new("X86_64", "x86_64", "int 0x80", X86Registers.Parts, IsAtt: true),
    ];

    /// <summary>The register that a name means in a test, and how much of it: <c>W0</c> is X0's low half.</summary>
    public RegisterPart Register(string name)
    {
        string upper = name.ToUpperInvariant();
        return Names.TryGetValue(upper, out RegisterPart part) ? part : new RegisterPart(upper, IsAtt && X86Registers.IsVector(upper) ? X86Registers.VectorBytes : WholeBytes);
    }

    private static Dictionary<string, RegisterPart> Numbered(string prefix, string whole, int count, int bytes) =>
        Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToDictionary(i => prefix + i, i => new RegisterPart(whole + i, bytes));

    private static Dictionary<string, RegisterPart> InOrder(string names) =>
        names.Split(' ').Index().ToDictionary(n => n.Item, n => new RegisterPart("R" + n.Index.ToString(CultureInfo.InvariantCulture), WholeBytes));
}

/// <summary>The low bytes of a register.</summary>
/// <param name="Register">The manual's name of the whole.</param>
/// <param name="Bytes">How many bytes count.</param>
public readonly record struct RegisterPart(string Register, int Bytes);
