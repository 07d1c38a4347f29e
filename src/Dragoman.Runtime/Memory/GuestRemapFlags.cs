namespace Dragoman.Runtime.Memory;

/// <summary>Flags of <see cref="GuestMemory.Remap"/>, with Linux's numbers (mremap(2)).</summary>
[Flags]
public enum GuestRemapFlags
{
    None = 0,
    MayMove = 1,
    Fixed = 2,
    DontUnmap = 4,
}
