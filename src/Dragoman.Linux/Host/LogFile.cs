namespace Dragoman.Linux.Host;

/// <summary>A file that a guest process and its children write lines to: each write goes to the file's end, whoever has written before.</summary>
public static class LogFile
{
    private const int WriteCreateAppend = 0x80441, Truncate = 0x200, ReadWriteByAll = 0x1B6;

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">Where it is, as bytes (Latin-1).</param>
    /// <param name="empty">Whether what it holds is thrown away.</param>
    /// <param name="errno">The host's error number, or 0.</param>
    /// <returns>The stream, or null when <paramref name="errno"/> says why not.</returns>
    public static Stream? Open(string path, bool empty, out int errno)
    {
        var descriptor = HostPath.Open(path, WriteCreateAppend | (empty ? Truncate : 0), ReadWriteByAll);
        errno = descriptor < 0 ? (int)-descriptor : 0;
        return descriptor < 0 ? null : new LogStream((int)descriptor);
    }
}
