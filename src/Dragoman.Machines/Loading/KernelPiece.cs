namespace Dragoman.Machines.Loading;

/// <summary>Bytes of a kernel that lie together.</summary>
/// <param name="Address">Physical.</param>
/// <param name="Content">From its file.</param>
/// <param name="Size">Bytes in memory: as many as the content or more.</param>
public sealed record KernelPiece(ulong Address, ReadOnlyMemory<byte> Content, ulong Size);
