using System.Runtime.InteropServices;

namespace Dragoman.Machines.Serial;

/// <summary>A terminal on standard input without line editing, echo and signal keys, so that the guest gets every key; disposing of it restores the terminal.</summary>
internal sealed unsafe partial class RawMode : IDisposable
{
    // struct termios of Linux: four words of flags, a line discipline, 32 control characters, two speeds.
    private const int TermiosSize = 60, OutputFlags = 1, TcsaDrain = 1;

    private const uint PostProcess = 1, NewLineToReturn = 4;

    private readonly byte[] _saved = new byte[TermiosSize];

    private RawMode()
    {
    }

    /// <summary>Enters raw mode; null if standard input is no terminal.</summary>
    public static RawMode? TryEnter()
    {
        RawMode mode = new();
        var raw = stackalloc byte[TermiosSize];
        fixed (byte* saved = mode._saved)
        {
            if (tcgetattr(0, saved) != 0)
            {
                return null;
            }

            new ReadOnlySpan<byte>(saved, TermiosSize).CopyTo(new Span<byte>(raw, TermiosSize));
        }

        cfmakeraw(raw);

        // What Dragoman itself prints still gets its line ends.
        ((uint*)raw)[OutputFlags] |= PostProcess | NewLineToReturn;
        _ = tcsetattr(0, TcsaDrain, raw);
        return mode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        fixed (byte* saved = _saved)
        {
            _ = tcsetattr(0, TcsaDrain, saved);
        }
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, byte* attributes);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int descriptor, int when, byte* attributes);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* attributes);
}
