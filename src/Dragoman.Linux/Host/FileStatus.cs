namespace Dragoman.Linux.Host;

/// <summary>st_dev, st_ino, st_mode and st_size of a host file.</summary>
internal readonly record struct FileStatus(ulong Device, ulong Inode, uint Mode, long Size);
