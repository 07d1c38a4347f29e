namespace Dragoman.Linux.Abi.Alpha;

/// <summary>Structure layouts of Alpha Linux (arch/alpha/include/uapi/asm: stat.h, statfs.h, signal.h), else those of 64-bit machines.</summary>
internal static class AlphaLayouts
{
    /// <summary>struct osf_sigaction, of the old call.</summary>
    public static readonly SignalActionLayout OldSignalAction = new(24, new(0, 8), new(16, 4), default, new(8, 8));

    /// <summary>struct timeval32 of the OSF/1 calls.</summary>
    public static readonly TimespecLayout OldTimeval = new(8, new(0, 4), new(4, 4));

    /// <summary>struct osf_statfs: its flags stay zero.</summary>
    public static readonly FileSystemLayout OldFileSystem = new(
        Size: 40,
        Type: new(0, 2),
        BlockSize: new(8, 4),
        Blocks: new(12, 4),
        FreeBlocks: new(16, 4),
        AvailableBlocks: new(20, 4),
        Files: new(24, 4),
        FreeFiles: new(28, 4),
        Id: new(32, 8),
        NameLength: default,
        FragmentSize: new(4, 4),
        Flags: default);

    /// <summary>struct osf_statfs64, of which Linux fills in what it has.</summary>
    public static readonly FileSystemLayout OldFileSystem64 = new(
        Size: 512,
        Type: new(0, 2),
        BlockSize: new(464, 8),
        Blocks: new(472, 8),
        FreeBlocks: new(480, 8),
        AvailableBlocks: new(488, 8),
        Files: new(496, 8),
        FreeFiles: new(504, 8),
        Id: new(32, 8),
        NameLength: default,
        FragmentSize: new(456, 8),
        Flags: default);

    /// <summary>struct osf_stat: microseconds, and the device of a device twice.</summary>
    public static readonly StatLayout OldStat = new(
        Size: 160,
        Device: new(0, 4),
        Inode: new(112, 4),
        Mode: new(8, 4),
        Links: new(12, 2),
        User: new(16, 4),
        Group: new(20, 4),
        RawDevice: new(24, 4),
        Length: new(32, 8),
        BlockSize: new(144, 8),
        Blocks: new(152, 8),
        AccessSeconds: new(120, 4),
        AccessNanoseconds: new(44, 4),
        ModifySeconds: new(128, 4),
        ModifyNanoseconds: new(52, 4),
        ChangeSeconds: new(136, 4),
        ChangeNanoseconds: new(60, 4),
        OldRawDevice: new(28, 4),
        NanosecondsPerFraction: 1000,
        CutsShort: true);

    public static readonly LinuxLayouts Table = new(
        WordSize: 8,
        Stat: new StatLayout(
            Size: 80,
            Device: new(0, 4),
            Inode: new(4, 4),
            Mode: new(8, 4),
            Links: new(12, 4),
            User: new(16, 4),
            Group: new(20, 4),
            RawDevice: new(24, 4),
            Length: new(32, 8),
            BlockSize: new(64, 4),
            Blocks: new(68, 4),
            AccessSeconds: new(40, 8),
            AccessNanoseconds: default,
            ModifySeconds: new(48, 8),
            ModifyNanoseconds: default,
            ChangeSeconds: new(56, 8),
            ChangeNanoseconds: default),
        Stat64: new StatLayout(
            Size: 136,
            Device: new(0, 8),
            Inode: new(8, 8),
            Mode: new(40, 4),
            Links: new(56, 4),
            User: new(44, 4),
            Group: new(48, 4),
            RawDevice: new(16, 8),
            Length: new(24, 8),
            BlockSize: new(52, 4),
            Blocks: new(32, 8),
            AccessSeconds: new(64, 8),
            AccessNanoseconds: new(72, 8),
            ModifySeconds: new(80, 8),
            ModifyNanoseconds: new(88, 8),
            ChangeSeconds: new(96, 8),
            ChangeNanoseconds: new(104, 8)),
        FileSystem: new FileSystemLayout(
            Size: 64,
            Type: new(0, 4),
            BlockSize: new(4, 4),
            Blocks: new(8, 4),
            FreeBlocks: new(12, 4),
            AvailableBlocks: new(16, 4),
            Files: new(20, 4),
            FreeFiles: new(24, 4),
            Id: new(28, 8),
            NameLength: new(36, 4),
            FragmentSize: new(40, 4),
            Flags: new(44, 4)),
        FileSystem64: new FileSystemLayout(
            Size: 88,
            Type: new(0, 4),
            BlockSize: new(4, 4),
            Blocks: new(8, 8),
            FreeBlocks: new(16, 8),
            AvailableBlocks: new(24, 8),
            Files: new(32, 8),
            FreeFiles: new(40, 8),
            Id: new(48, 8),
            NameLength: new(56, 4),
            FragmentSize: new(60, 4),
            Flags: new(64, 4)),
        Timespec: new TimespecLayout(16, new(0, 8), new(8, 8)),
        IoVector: new IoVectorLayout(16, new(0, 8), new(8, 8)),
        MessageHeader: new MessageHeaderLayout(56, new(0, 8), new(8, 4), new(16, 8), new(24, 8), new(32, 8), new(40, 8), new(48, 4)),
        SignalAction: new SignalActionLayout(24, new(0, 8), new(8, 4), default, new(16, 8)),
        SignalStack: new SignalStackLayout(24, new(0, 8), new(8, 4), new(16, 8)),
        EpollEvent: new EpollEventLayout(16, new(0, 4), new(8, 8)),
        FileLock: new FileLockLayout(32, new(0, 2), new(2, 2), new(8, 8), new(16, 8), new(24, 4)));
}
