namespace Dragoman.Linux.Host;

/// <summary>
/// This program's own messages: to the standard error that it was started with, whatever the guest puts at number 2 later. What cannot be written is lost; a
/// program must not end for that.
/// </summary>
public static class StandardError
{
    private const int Number = 2, FirstNumber = 3, DuplicateCloseOnExec = 1030;

    /// <summary>A copy of number 2; -1 when it was closed.</summary>
    private static readonly int s_descriptor = InheritedDescriptor.Find(Number) >= 0 ? LibC.Control(Number, DuplicateCloseOnExec, FirstNumber) : -1;

    /// <summary>For writers of text.</summary>
    public static Stream Stream { get; } = new LogStream(s_descriptor);

    /// <summary>Makes the copy, if that has not been done.</summary>
    public static void Keep() => _ = Stream;

    /// <summary>Writes bytes.</summary>
    public static void Write(ReadOnlySpan<byte> bytes) => Stream.Write(bytes);

    /// <summary>Writes one line: line ends and other control characters in it become blanks.</summary>
    public static void WriteLine(ReadOnlySpan<byte> text)
    {
        var line = new byte[text.Length + 1];
        for (var i = 0; i < text.Length; i++)
        {
            line[i] = text[i] is < (byte)' ' or 0x7F ? (byte)' ' : text[i];
        }

        line[^1] = (byte)'\n';
        Write(line);
    }
}
