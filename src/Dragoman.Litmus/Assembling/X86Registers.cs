using System.Globalization;

namespace Dragoman.Litmus.Assembling;

/// <summary>Names of x86's registers and their parts (Intel SDM 1, 3.4.1).</summary>
internal static class X86Registers
{
    private static readonly string[] s_words = ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"];

    /// <summary>Every name that stands for the low bytes of a general register, the whole too.</summary>
    public static IReadOnlyDictionary<string, RegisterPart> Parts { get; } = All().ToDictionary(part => part.Name, part => new RegisterPart(part.Whole, part.Bytes));

    /// <summary>Bytes of a vector register.</summary>
    public const int VectorBytes = 16;

    /// <summary>Whether a name is XMM0 to XMM15.</summary>
    public static bool IsVector(string name) =>
        name.StartsWith("xmm", StringComparison.OrdinalIgnoreCase) && name.Length is 4 or 5
        && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 16 && (name.Length == 4 || number > 9);

    private static IEnumerable<(string Name, string Whole, int Bytes)> All()
    {
        for (int i = 0; i < 16; i++)
        {
            string word = i < s_words.Length ? s_words[i] : "R" + i.ToString(CultureInfo.InvariantCulture);
            bool isLegacy = i < s_words.Length;
            string whole = isLegacy ? "R" + word : word;
            yield return (whole, whole, 8);
            yield return (isLegacy ? "E" + word : word + "D", whole, 4);
            yield return (isLegacy ? word : word + "W", whole, 2);
            yield return (!isLegacy ? word + "B" : word.EndsWith('X') ? word[..1] + "L" : word + "L", whole, 1);
        }
    }
}
