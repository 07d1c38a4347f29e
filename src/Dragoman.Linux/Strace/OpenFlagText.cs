using System.Globalization;
using System.Text;

namespace Dragoman.Linux.Strace;

/// <summary>open(2) flags as text, from the host's numbers.</summary>
internal static class OpenFlagText
{
    private static readonly (uint Bit, string Name)[] s_names =
    [
        (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"), (0x200, "O_TRUNC"), (0x400, "O_APPEND"), (0x800, "O_NONBLOCK"), (0x4000, "O_DIRECT"),
        (0x8000, "O_LARGEFILE"), (0x10000, "O_DIRECTORY"), (0x20000, "O_NOFOLLOW"), (0x80000, "O_CLOEXEC"), (0x101000, "O_SYNC"), (0x200000, "O_PATH"),
    ];

    /// <summary>Such as <c>O_WRONLY|O_CREAT</c>.</summary>
    public static string Of(uint flags)
    {
        var text = new StringBuilder((flags & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", 2 => "O_RDWR", _ => "O_ACCMODE" });
        var rest = flags & ~3u;
        foreach (var (bit, name) in s_names)
        {
            if ((rest & bit) == bit)
            {
                text.Append('|').Append(name);
                rest &= ~bit;
            }
        }

        return rest == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"|0x{rest:x}").ToString();
    }
}
