namespace Dragoman.Linux.Host;

/// <summary>st_dev, st_ino, st_mode and st_size of a host file.</summary>
internal readonly record struct FileStatus(ulong Device, ulong Inode, uint Mode, long Size)
{
    /// <summary>True for a file that has contents of its own (S_IFREG).</summary>
    public bool IsRegular => (Mode & 0xF000) == 0x8000;
}
