using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Files;

/// <summary>Copies path arguments out of guest memory and turns them into host paths. Belongs to one thread.</summary>
internal sealed unsafe class PathReader(LinuxProcess process) : IDisposable
{
    /// <summary>PATH_MAX.</summary>
    public const int MaximumPath = 4096;

    // Two paths a call at most; a prefix may be as long again.
    private const int SlotSize = 3 * MaximumPath;
    private readonly byte* _slots = (byte*)NativeMemory.Alloc(2 * SlotSize);

    /// <summary>Reads a path.</summary>
    /// <param name="address">Guest address.</param>
    /// <param name="slot">0 or 1: the first and second path of a call.</param>
    /// <param name="underPrefix">True when it is looked for under the prefix first.</param>
    /// <param name="hostPath">Pointer to the terminated host path, good until the slot's next use.</param>
    /// <param name="error">Positive errno.</param>
    /// <param name="follows">False when the call wants a symbolic link itself (AT_SYMLINK_NOFOLLOW).</param>
    public bool TryRead(ulong address, int slot, bool underPrefix, out nint hostPath, out int error, bool follows = true)
    {
        var start = _slots + (slot * SlotSize);
        var length = process.Memory.ReadString(address, new Span<byte>(start, MaximumPath), out error);
        hostPath = (nint)start;
        if (length < 0)
        {
            return false;
        }

        var bytes = new ReadOnlySpan<byte>(start, length);
        if ((underPrefix && !process.Paths.IsIdentity) || bytes.StartsWith("/proc/"u8) || bytes.StartsWith("/dev/fd/"u8))
        {
            hostPath = Store(Translate(Encoding.Latin1.GetString(bytes), underPrefix, follows), slot);
        }

        return true;
    }

    /// <summary>Reads a path as bytes (Latin-1), not yet translated.</summary>
    public string? Read(ulong address, out int error)
    {
        var buffer = stackalloc byte[MaximumPath];
        var length = process.Memory.ReadString(address, new Span<byte>(buffer, MaximumPath), out error);
        return length < 0 ? null : Encoding.Latin1.GetString(buffer, length);
    }

    /// <summary>The host path for a guest path: the prefix, and what /proc calls by descriptor number.</summary>
    public string Translate(string path, bool underPrefix, bool follows = true)
    {
        if (ProcPaths.TryDescriptor(process, path, out var descriptorPath))
        {
            return descriptorPath;
        }

        if (follows && ProcPaths.IsSelf(process, path, "exe"))
        {
            return process.Program.Path;
        }

        return underPrefix ? process.Paths.Resolve(path) : path;
    }

    /// <summary>Frees the slots. The thread makes no more calls.</summary>
    public void Dispose() => NativeMemory.Free(_slots);

    /// <summary>Puts a path into a slot for the host to read.</summary>
    public nint Store(string path, int slot)
    {
        var start = _slots + (slot * SlotSize);
        var length = Math.Min(path.Length, SlotSize - 1);
        ByteText.Copy(path.AsSpan(0, length), new Span<byte>(start, length));
        start[length] = 0;
        return (nint)start;
    }
}
