namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>What a CPU interface could take.</summary>
/// <param name="Id">The INTID.</param>
/// <param name="Priority">0 is the highest.</param>
/// <param name="Group">0 or 1.</param>
internal readonly record struct PendingInterrupt(int Id, int Priority, int Group)
{
    /// <summary>The INTID that says that there is none.</summary>
    public const int SpuriousId = 1023;

    /// <summary>Nothing is pending: lower than any priority.</summary>
    public static PendingInterrupt None => new(SpuriousId, 0x100, 0);

    /// <summary>Whether there is one.</summary>
    public bool Exists => Id != SpuriousId;
}
