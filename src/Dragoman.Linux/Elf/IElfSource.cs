using Dragoman.Linux.Host;
using Microsoft.Win32.SafeHandles;

namespace Dragoman.Linux.Elf;

/// <summary>Bytes of a file that may be an executable.</summary>
public interface IElfSource
{
    /// <summary>Bytes in the file.</summary>
    long Length { get; }

    /// <summary>Reads at an offset; returns the bytes read, fewer at the end of the file.</summary>
    int Read(long offset, Span<byte> destination);
}

/// <summary>An open file.</summary>
/// <param name="handle">A regular file.</param>
public sealed class FileElfSource(SafeFileHandle handle) : IElfSource
{
    /// <inheritdoc/>
    public long Length { get; } = RandomAccess.GetLength(handle);

    /// <inheritdoc/>
    /// <exception cref="ElfFormatException">The host cannot read it.</exception>
    public int Read(long offset, Span<byte> destination)
    {
        var total = 0;
        try
        {
            while (total < destination.Length && RandomAccess.Read(handle, destination[total..], offset + total) is > 0 and var got)
            {
                total += got;
            }
        }
        catch (IOException error)
        {
            throw new ElfFormatException($"cannot be read ({Errno.Name(error.HResult)})");
        }

        return total;
    }
}

/// <summary>Bytes in memory, for tests.</summary>
/// <param name="bytes">The file.</param>
public sealed class MemoryElfSource(byte[] bytes) : IElfSource
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= bytes.Length)
        {
            return 0;
        }

        var count = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }
}
