namespace Dragoman.Runtime.Guests;

/// <summary>
/// On a method that flushes TLBs: it is called by others of its kind, or in queued work (ISA4014). A helper has it from its description (<c>tlb</c>), which then sees to it that the
/// instruction ends its TB.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FlushesTlbAttribute : Attribute;
