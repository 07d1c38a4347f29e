namespace Dragoman.Runtime.Guests;

/// <summary>Reads the bytes of one instruction of a byte-stream guest. Past the end it gives zeros and remembers.</summary>
public ref struct CodeReader(ReadOnlySpan<byte> code, int maxLength)
{
    private readonly ReadOnlySpan<byte> _code = code.Length > maxLength ? code[..maxLength] : code;

    /// <summary>Bytes taken, at most those that there are.</summary>
    public int Position { get; private set; }

    /// <summary>More was read than there is, or than an instruction may have.</summary>
    public bool IsPastEnd { get; private set; }

    /// <summary>More was read than there is, and an instruction may be longer.</summary>
    public readonly bool IsTruncated => IsPastEnd && _code.Length < maxLength;

    /// <summary>More was read than an instruction may have.</summary>
    public readonly bool IsTooLong => IsPastEnd && _code.Length == maxLength;

    /// <summary>A byte ahead, without taking it.</summary>
    public readonly int Peek(int ahead = 0) => Position + ahead < _code.Length ? _code[Position + ahead] : 0;

    /// <summary>The next byte.</summary>
    public int Next()
    {
        if (Position < _code.Length)
        {
            return _code[Position++];
        }

        IsPastEnd = true;
        return 0;
    }

    /// <summary>A number of so many bytes, first byte highest, as fields of prefixes are written.</summary>
    public uint BigEndian(int bytes)
    {
        uint value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value = value << 8 | (uint)Next();
        }

        return value;
    }

    /// <summary>A little-endian number of so many bits (0 to 64), sign-extended.</summary>
    public long Signed(int bits)
    {
        ulong value = 0;
        for (int i = 0; i < bits; i += 8)
        {
            value |= (ulong)Next() << i;
        }

        return bits == 0 ? 0 : (long)(value << (64 - bits)) >> (64 - bits);
    }
}
