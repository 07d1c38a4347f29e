namespace Dragoman.Linux.Host;

/// <summary>Offsets in a record of getdents64(2), struct linux_dirent64 (linux/dirent.h).</summary>
internal static class DirectoryRecord
{
    /// <summary>The inode's number, 64 bits.</summary>
    public const int Inode = 0;

    /// <summary>Where in the directory the next record begins, 64 bits.</summary>
    public const int Next = 8;

    /// <summary>Bytes of the record, 16 bits.</summary>
    public const int Length = 16;

    /// <summary>The name, which a zero ends; its type stands before it.</summary>
    public const int Name = 19;

    /// <summary>The name in a record of getdents(2), whose type stands in the last byte.</summary>
    public const int OldName = 18;
}
