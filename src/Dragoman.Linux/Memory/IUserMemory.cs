namespace Dragoman.Linux.Memory;

/// <summary>Guest memory as a kernel sees it: every access is checked and may fail. Any thread.</summary>
public interface IUserMemory
{
    /// <summary>Copies from the guest. False (EFAULT) when any byte cannot be read.</summary>
    bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Copies to the guest. False (EFAULT) when any byte cannot be written; some may have been.</summary>
    bool TryWrite(ulong address, ReadOnlySpan<byte> source);

    /// <summary>Whether a processor's tables would have the page: it has been touched, and may be accessed in some way.</summary>
    bool IsPresent(ulong address);
}
