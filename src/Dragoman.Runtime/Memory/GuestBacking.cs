namespace Dragoman.Runtime.Memory;

/// <summary>Identity of the object behind a mapping, so that two mappings of the same bytes are known as aliases.</summary>
/// <param name="Device">st_dev of the file, or 0 for shared anonymous memory.</param>
/// <param name="Inode">st_ino of the file, or a number of its own for each shared anonymous mapping.</param>
public sealed record GuestBacking(ulong Device, ulong Inode);
