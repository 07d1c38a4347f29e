namespace Dragoman.Litmus.Models;

/// <summary>What an event is and how it is marked: each is a set that models name.</summary>
[Flags]
public enum EventMarks
{
    None = 0,

    /// <summary>R.</summary>
    Read = 1,

    /// <summary>W.</summary>
    Write = 2,

    /// <summary>F: a fence.</summary>
    Fence = 4,

    /// <summary>IW: what a location holds at the start.</summary>
    Initial = 8,

    /// <summary>A: acquire, RCsc.</summary>
    Acquire = 0x10,

    /// <summary>Q: acquire, RCpc.</summary>
    AcquirePc = 0x20,

    /// <summary>L: release.</summary>
    Release = 0x40,

    /// <summary>LOCK: of a locked instruction, also when it writes nothing.</summary>
    Locked = 0x80,

    /// <summary>ISB: an instruction barrier.</summary>
    InstructionBarrier = 0x100,

    /// <summary>Frr: a fence that orders earlier reads before later reads.</summary>
    FenceReadRead = 0x200,

    /// <summary>Frw: earlier reads before later writes.</summary>
    FenceReadWrite = 0x400,

    /// <summary>Fwr: earlier writes before later reads.</summary>
    FenceWriteRead = 0x800,

    /// <summary>Fww: earlier writes before later writes.</summary>
    FenceWriteWrite = 0x1000,
}

/// <summary>One event of an execution.</summary>
/// <param name="Thread">Number of its thread; -1 for initial writes.</param>
/// <param name="Marks">What it is.</param>
/// <param name="Address">Where it accesses memory.</param>
/// <param name="Bytes">How much it accesses; 0 for fences.</param>
/// <param name="Value">What it reads or writes.</param>
public readonly record struct MemoryEvent(int Thread, EventMarks Marks, ulong Address, int Bytes, UInt128 Value)
{
    /// <summary>Whether it reads.</summary>
    public bool IsRead => (Marks & EventMarks.Read) != 0;

    /// <summary>Whether it writes.</summary>
    public bool IsWrite => (Marks & EventMarks.Write) != 0;

    /// <summary>First byte after what it accesses.</summary>
    public ulong End => Address + (ulong)Bytes;

    /// <summary>Whether both access a common byte.</summary>
    public bool Overlaps(in MemoryEvent other) => Address < other.End && other.Address < End;
}
