using System.Text;

namespace Dragoman.Linux.Host;

/// <summary>
/// Byte strings kept as text, one character a byte (Latin-1). Written as plain loops: the framework's vectorized ones are compiled at
/// run time, which costs a short program more than they save.
/// </summary>
public static class ByteText
{
    /// <summary>The bytes of a text that .NET has decoded.</summary>
    public static string OfHost(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes of <paramref name="text"/>.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length];
        Copy(text, bytes);
        return bytes;
    }

    /// <summary>The bytes of <paramref name="text"/> into <paramref name="destination"/>, which has room for them.</summary>
    public static void Copy(ReadOnlySpan<char> text, Span<byte> destination)
    {
        for (var i = 0; i < text.Length; i++)
        {
            destination[i] = (byte)text[i];
        }
    }
}
