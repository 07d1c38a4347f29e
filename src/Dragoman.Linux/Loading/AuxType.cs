namespace Dragoman.Linux.Loading;

/// <summary>Types of the auxiliary vector (include/uapi/linux/auxvec.h).</summary>
public enum AuxType
{
    Null = 0,
    ProgramHeaders = 3,
    ProgramHeaderSize = 4,
    ProgramHeaderCount = 5,
    PageSize = 6,
    Base = 7,
    Flags = 8,
    Entry = 9,
    User = 11,
    EffectiveUser = 12,
    Group = 13,
    EffectiveGroup = 14,
    Platform = 15,
    Hwcap = 16,
    ClockTicks = 17,
    Secure = 23,
    Random = 25,
    Hwcap2 = 26,
    ExecFn = 31,
    MinimumSignalStack = 51,
}
