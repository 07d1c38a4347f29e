namespace Dragoman.Litmus;

/// <summary>What the litmus format and the models need to know of a guest beyond its description.</summary>
/// <param name="Header">First word of a test file, as herd writes it.</param>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Model">The guest's memory model, among the embedded <c>.cat</c> files.</param>
/// <param name="Exit">Text of the system call that ends a thread.</param>
/// <param name="Narrow">Prefix of register names that stand for the low 32 bits of the register with <paramref name="Wide"/> in its place; empty when there is none.</param>
/// <param name="Wide">Prefix of the manual's names of general registers.</param>
public sealed record LitmusArchitecture(string Header, string Guest, string Model, string Exit, string Narrow, string Wide)
{
    /// <summary>Every architecture that tests may be written for.</summary>
    public static IReadOnlyList<LitmusArchitecture> All { get; } =
    [
        new("AArch64", "aarch64", "armv8.cat", "svc #0", "W", "X"),
        new("Alpha", "alpha", "alpha.cat", "call_pal 0x83", "", "R"),
        new("X86_64", "x86_64", "x86-tso.cat", "syscall", "", ""),
    ];

    /// <summary>The architecture of a guest, or null when there is no model of it.</summary>
    public static LitmusArchitecture? OfGuest(string guest) => All.FirstOrDefault(a => a.Guest == guest);

    /// <summary>The manual's name of the register that <paramref name="name"/> means in a test: <c>W0</c> is X0's low half.</summary>
    public string Register(string name)
    {
        string upper = name.ToUpperInvariant();
        bool isNarrow = Narrow.Length > 0 && upper.StartsWith(Narrow, StringComparison.Ordinal) && upper.Length > Narrow.Length && char.IsAsciiDigit(upper[Narrow.Length]);
        return isNarrow ? Wide + upper[Narrow.Length..] : upper;
    }
}
