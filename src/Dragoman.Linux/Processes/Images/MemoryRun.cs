namespace Dragoman.Linux.Processes.Images;

/// <summary>Pages that are copied.</summary>
/// <param name="Start">Guest address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Offset">Where they are in the image.</param>
internal sealed record MemoryRun(ulong Start, ulong Length, ulong Offset);
