using System.Globalization;

namespace Dragoman.Litmus;

/// <summary>What the litmus format and the models need to know of a guest beyond its description.</summary>
/// <param name="Header">First word of a test file, as herd writes it.</param>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Exit">Text of the system call that ends a thread.</param>
/// <param name="Narrow">Prefix of register names that stand for the low 32 bits of the register with <paramref name="Wide"/> in its place; empty when there is none.</param>
/// <param name="Wide">Prefix of the manual's names of general registers.</param>
/// <param name="CallingNames">Names of the calling standard for the general registers from 0 on, where the disassembler writes those.</param>
public sealed record LitmusArchitecture(string Header, string Guest, string Exit, string Narrow, string Wide, string CallingNames = "")
{
    /// <summary>Every architecture that tests may be written for.</summary>
    public static IReadOnlyList<LitmusArchitecture> All { get; } =
    [
        new("AArch64", "aarch64", "svc #0", "W", "X"),
        new("Alpha", "alpha", "callsys", "", "R",
            "V0 T0 T1 T2 T3 T4 T5 T6 T7 S0 S1 S2 S3 S4 S5 FP A0 A1 A2 A3 A4 A5 T8 T9 T10 T11 RA T12 AT GP SP"),
        new("X86_64", "x86_64", "syscall", "", ""),
    ];

    /// <summary>The manual's name of the register that <paramref name="name"/> means in a test: <c>W0</c> is X0's low half.</summary>
    public string Register(string name)
    {
        string upper = name.ToUpperInvariant();
        int called = Array.IndexOf(CallingNames.Split(' '), upper);
        if (called >= 0)
        {
            return Wide + called.ToString(CultureInfo.InvariantCulture);
        }

        return IsNarrow(name) ? Wide + upper[Narrow.Length..] : upper;
    }

    /// <summary>Whether a name stands for the low 32 bits of a register.</summary>
    public bool IsNarrow(string name) =>
        Narrow.Length > 0 && name.Length > Narrow.Length && name.StartsWith(Narrow, StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(name[Narrow.Length]);
}
