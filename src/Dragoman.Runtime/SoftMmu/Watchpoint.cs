namespace Dragoman.Runtime.SoftMmu;

/// <summary>A range of guest addresses whose accesses a debugger, or the guest's own debug registers, want to see first.</summary>
/// <param name="Address">First address.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Reads">Loads count.</param>
/// <param name="Writes">Stores count.</param>
public sealed record Watchpoint(ulong Address, ulong Length, bool Reads, bool Writes);
