using System.Buffers.Binary;

namespace Dragoman.Linux.Loading;

/// <summary>
/// The image of a new program's stack: argc, argv, envp and auxv below their strings, as the kernel's create_elf_tables lays it out.
/// Strings are bytes as Latin-1.
/// </summary>
public sealed class InitialStack
{
    private const int Alignment = 16;

    private InitialStack(byte[] bytes, ulong address, byte[] auxiliary, ulong argumentStart)
    {
        Bytes = bytes;
        StackPointer = address;
        Auxiliary = auxiliary;
        ArgumentStart = argumentStart;
    }

    /// <summary>Bytes from <see cref="StackPointer"/> up to the top.</summary>
    public byte[] Bytes { get; }

    /// <summary>Guest address of argc.</summary>
    public ulong StackPointer { get; }

    /// <summary>The auxiliary vector alone.</summary>
    public byte[] Auxiliary { get; }

    /// <summary>Guest address of argv[0]'s bytes.</summary>
    public ulong ArgumentStart { get; }

    /// <summary>Lays a stack out.</summary>
    /// <param name="top">First address past the stack; a multiple of 16.</param>
    /// <param name="wordSize">Bytes of a pointer: 4 or 8.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="program">Path for AT_EXECFN.</param>
    /// <param name="platform">AT_PLATFORM.</param>
    /// <param name="random">The 16 bytes of AT_RANDOM.</param>
    /// <param name="auxiliary">The other entries, without AT_NULL.</param>
    public static InitialStack Build(
        ulong top,
        int wordSize,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string program,
        string platform,
        ReadOnlySpan<byte> random,
        IReadOnlyList<AuxEntry> auxiliary)
    {
        // From the top down: a null word, the file name, the environment's strings, the arguments' strings (argv[0] lowest, so that
        // /proc/self/cmdline is one run of bytes), the platform, the random bytes; then the vectors.
        var strings = new List<byte>();
        ulong Offset() => (ulong)strings.Count;
        void Append(string text)
        {
            foreach (var character in text)
            {
                strings.Add((byte)character);
            }

            strings.Add(0);
        }

        var randomAt = Offset();
        foreach (var value in random)
        {
            strings.Add(value);
        }

        var platformAt = Offset();
        Append(platform);
        var argumentAt = new List<ulong>();
        foreach (var argument in arguments)
        {
            argumentAt.Add(Offset());
            Append(argument);
        }

        var argumentsStart = argumentAt.Count > 0 ? argumentAt[0] : Offset();
        var environmentAt = new List<ulong>();
        foreach (var variable in environment)
        {
            environmentAt.Add(Offset());
            Append(variable);
        }

        var programAt = Offset();
        Append(program);

        var stringsAddress = (top - (ulong)wordSize - (ulong)strings.Count) & ~(ulong)(Alignment - 1);
        AuxEntry[] entries =
        [
            .. auxiliary,
            new(AuxType.Random, stringsAddress + randomAt),
            new(AuxType.ExecFn, stringsAddress + programAt),
            new(AuxType.Platform, stringsAddress + platformAt),
            new(AuxType.Null, 0),
        ];

        var words = new List<ulong> { (ulong)arguments.Count };
        AddAddresses(words, argumentAt, stringsAddress);
        words.Add(0);
        AddAddresses(words, environmentAt, stringsAddress);
        words.Add(0);
        var vectorWords = words.Count;
        foreach (var entry in entries)
        {
            words.Add((ulong)entry.Type);
            words.Add(entry.Value);
        }

        var pointer = (stringsAddress - (ulong)(words.Count * wordSize)) & ~(ulong)(Alignment - 1);
        var bytes = new byte[top - pointer];
        for (var i = 0; i < words.Count; i++)
        {
            Put(bytes.AsSpan(i * wordSize), words[i], wordSize);
        }

        strings.CopyTo(bytes, (int)(stringsAddress - pointer));
        var aux = bytes.AsSpan(vectorWords * wordSize, (words.Count - vectorWords) * wordSize).ToArray();
        return new InitialStack(bytes, pointer, aux, stringsAddress + argumentsStart);
    }

    private static void AddAddresses(List<ulong> words, List<ulong> offsets, ulong start)
    {
        foreach (var offset in offsets)
        {
            words.Add(start + offset);
        }
    }

    private static void Put(Span<byte> at, ulong value, int size)
    {
        if (size == 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        }
    }
}
