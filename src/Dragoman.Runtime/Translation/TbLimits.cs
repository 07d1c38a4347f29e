namespace Dragoman.Runtime.Translation;

/// <summary>Where a TB must end at the latest.</summary>
/// <param name="Instructions">After this many guest instructions.</param>
/// <param name="Ops">After the instruction that brings the ops to this many.</param>
/// <param name="End">No instruction starts at or after this guest address (the page's end).</param>
internal readonly record struct TbLimits(int Instructions, int Ops, ulong End);
