using System.Globalization;

namespace Dragoman.Cli;

/// <summary>Sizes of memory as users write them: 512 (MiB), 64M, 2G.</summary>
internal static class MemorySize
{
    /// <summary>Bytes; null for anything else, and for what no 64-bit number holds.</summary>
    public static ulong? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        int shift = char.ToUpperInvariant(text[^1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            'T' => 40,
            _ => -1,
        };
        string number = shift < 0 ? text : text[..^1];
        shift = shift < 0 ? 20 : shift;
        return ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value <= ulong.MaxValue >> shift ? value << shift : null;
    }
}
