namespace Dragoman.Linux.Syscalls;

/// <summary>Walks the arguments that a signature of <see cref="SyscallSignatures"/> describes.</summary>
/// <param name="signature">The signature.</param>
internal ref struct SignatureArguments(string signature)
{
    private int _next = signature.Length - signature.AsSpan().TrimStart("=~+").Length;

    /// <summary>The argument's letter; of a structure of words the structure's.</summary>
    public char Kind { get; private set; }

    /// <summary>For a structure of words: <c>&lt;</c> read by the call, <c>&gt;</c> written, <c>&amp;</c> both; else 0.</summary>
    public char Direction { get; private set; }

    /// <summary>The argument's number.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>Goes to the next argument; false after the last.</summary>
    public bool MoveNext()
    {
        if (_next >= signature.Length)
        {
            return false;
        }

        Kind = signature[_next++];
        Direction = '\0';
        if (Kind is '<' or '>' or '&')
        {
            Direction = Kind;
            Kind = signature[_next++];
        }

        Index++;
        return true;
    }
}
