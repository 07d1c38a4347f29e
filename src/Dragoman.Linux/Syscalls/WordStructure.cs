using Dragoman.Linux.Abi;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// The structures that are nothing but words (times, offsets, queue attributes): what a guest with other words than the host's passes is copied
/// to the host's and back. Letters are those of <see cref="SyscallSignatures"/>.
/// </summary>
internal static unsafe class WordStructure
{
    /// <summary>Words of the largest.</summary>
    public const int Largest = 8;

    /// <summary>Whether the guest's structures of words are the host's.</summary>
    public static bool IsNative(LinuxThread thread) => thread.Process.Abi.Layouts.WordSize == sizeof(long);

    /// <summary>Reads a guest's structure as the host's; false for EFAULT.</summary>
    public static bool TryRead(LinuxThread thread, char kind, ulong address, long* host)
    {
        var layout = thread.Times;
        if (TimesOf(kind) is > 0 and var times)
        {
            Span<byte> guest = stackalloc byte[times * layout.Size];
            if (!thread.Process.Memory.TryRead(address, guest))
            {
                return false;
            }

            for (var i = 0; i < times; i++)
            {
                var time = guest.Slice(i * layout.Size, layout.Size);
                (host[2 * i], host[(2 * i) + 1]) = (layout.Seconds.ReadSigned(time), layout.Fraction.ReadSigned(time));
            }

            return true;
        }

        var size = thread.Process.Abi.Layouts.WordSize;
        Span<byte> words = stackalloc byte[WordsOf(kind) * size];
        if (!thread.Process.Memory.TryRead(address, words))
        {
            return false;
        }

        for (var i = 0; i < WordsOf(kind); i++)
        {
            host[i] = new Field(i * size, size).ReadSigned(words);
        }

        return true;
    }

    /// <summary>Writes a host's structure as the guest's; false for EFAULT.</summary>
    public static bool TryWrite(LinuxThread thread, char kind, ulong address, long* host)
    {
        var layout = thread.Times;
        if (TimesOf(kind) is > 0 and var times)
        {
            Span<byte> guest = stackalloc byte[times * layout.Size];
            guest.Clear();
            for (var i = 0; i < times; i++)
            {
                var time = guest.Slice(i * layout.Size, layout.Size);
                layout.Seconds.Write(time, (ulong)host[2 * i]);
                layout.Fraction.Write(time, (ulong)host[(2 * i) + 1]);
            }

            return thread.Process.Memory.TryWrite(address, guest);
        }

        var size = thread.Process.Abi.Layouts.WordSize;
        Span<byte> words = stackalloc byte[WordsOf(kind) * size];
        for (var i = 0; i < WordsOf(kind); i++)
        {
            new Field(i * size, size).Write(words, (ulong)host[i]);
        }

        return thread.Process.Memory.TryWrite(address, words);
    }

    private static int TimesOf(char kind) => kind switch { 'T' => 1, 'I' => 2, _ => 0 };

    private static int WordsOf(char kind) => kind switch
    {
        'W' => 1,
        'U' => 2,
        'A' => Largest,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), $"no structure of words has the letter '{kind}'"),
    };
}
