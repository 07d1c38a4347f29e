namespace Dragoman.Runtime.Translation;

/// <summary>
/// How often hot code has left because the host's floating-point arithmetic did not settle an answer (<see cref="Tcg.Abi.TbExit.ExactFloat"/>). Each time costs thousands of instructions: what
/// does it often, as where results are flushed to zero or nothing is ever rounded, is made anew with calls of the exact code. Used under the memory's lock.
/// </summary>
internal sealed class ExactFloats
{
    /// <summary>Times that are often.</summary>
    private const int Limit = 32;

    // Of each start of hot code, PC and tbstate, how often it has left; null while nothing has.
    private Dictionary<(ulong Pc, ulong Flags), int>? _leaves;

    /// <summary>Counts one leave of the code that starts at <paramref name="pc"/> with the <c>tbstate</c> bits <paramref name="flags"/>. True when that was one too many, once.</summary>
    public bool Note(ulong pc, ulong flags)
    {
        _leaves ??= [];
        _leaves.TryGetValue((pc, flags), out var count);
        _leaves[(pc, flags)] = ++count;
        return count == Limit;
    }

    /// <summary>Whether code that starts there is to call the exact code.</summary>
    public bool Contains(ulong pc, ulong flags) => _leaves is not null && _leaves.TryGetValue((pc, flags), out var count) && count >= Limit;
}
