namespace Dragoman.Linux.Memory;

/// <summary>The heap of brk(2): where it starts and where it ends now. Guarded by the memory's lock.</summary>
internal sealed class ProgramBreak
{
    /// <summary>Where it starts: a page after the program's end.</summary>
    public ulong Start { get; set; }

    /// <summary>Its end, as brk set it.</summary>
    public ulong Current { get; set; }
}
