namespace Dragoman.Runtime.Memory;

/// <summary>How <see cref="GuestMemory.Map"/> maps. The numbers are those of Linux on x86-64 and Arm64; a guest with other numbers is translated by its room.</summary>
[Flags]
public enum GuestMapFlags
{
    None = 0,
    Shared = 0x01,
    Private = 0x02,

    /// <summary>At the address given, replacing what is there.</summary>
    Fixed = 0x10,
    Anonymous = 0x20,

    /// <summary>In the first 2 GiB (MAP_32BIT), unless at a fixed address.</summary>
    Low = 0x40,

    GrowsDown = 0x100,
    NoReserve = 0x4000,
    Populate = 0x8000,
    Stack = 0x20000,

    /// <summary>At the address given; EEXIST when something is there.</summary>
    FixedNoReplace = 0x100000,
}
