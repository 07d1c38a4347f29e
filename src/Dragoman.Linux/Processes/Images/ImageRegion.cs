namespace Dragoman.Linux.Processes.Images;

/// <summary>One mapping that a parent left for its child.</summary>
/// <param name="Start">Guest address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsShared">Mapped by both, so that nothing need be sent back.</param>
/// <param name="File">File whose pages are there where no run is, or null for zeros.</param>
/// <param name="FileOffset">Offset of <paramref name="Start"/> in that file.</param>
/// <param name="Runs">Pages in the image.</param>
internal sealed record ImageRegion(ulong Start, ulong Length, bool IsShared, string? File, ulong FileOffset, IReadOnlyList<MemoryRun> Runs);
