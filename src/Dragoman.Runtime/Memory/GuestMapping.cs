namespace Dragoman.Runtime.Memory;

/// <summary>One guest mapping: a range of whole guest pages with one protection and one backing. Immutable.</summary>
/// <param name="Start">First guest address.</param>
/// <param name="End">Guest address after the last byte.</param>
/// <param name="Protection">What the guest may do.</param>
/// <param name="Flags">How it was mapped (Shared or Private, Anonymous, GrowsDown ...).</param>
/// <param name="Backing">What it shows, or null for private anonymous memory.</param>
/// <param name="Offset">Byte offset of <paramref name="Start"/> in the backing.</param>
/// <param name="Name">Name for /proc/self/maps (a path, <c>[heap]</c>, <c>[stack]</c>), or null.</param>
public sealed record GuestMapping(
    ulong Start,
    ulong End,
    GuestProtection Protection,
    GuestMapFlags Flags,
    GuestBacking? Backing,
    ulong Offset,
    string? Name)
{
    /// <summary>Length in bytes.</summary>
    public ulong Length => End - Start;

    /// <summary>True when stores reach what every other mapping of the backing shows.</summary>
    internal bool IsShared => Backing is not null && (Flags & GuestMapFlags.Shared) != 0;

    /// <summary>The part of this mapping between two addresses inside it.</summary>
    internal GuestMapping Slice(ulong start, ulong end) =>
        this with { Start = start, End = end, Offset = Offset + (start - Start) };

    /// <summary>True when <paramref name="next"/> begins where this ends and differs in nothing else.</summary>
    internal bool Joins(GuestMapping next) =>
        End == next.Start && Protection == next.Protection && Flags == next.Flags && Name == next.Name
        && Equals(Backing, next.Backing) && (Backing is null || Offset + Length == next.Offset);
}
