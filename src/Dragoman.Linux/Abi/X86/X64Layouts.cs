namespace Dragoman.Linux.Abi.X86;

/// <summary>Structure layouts of x86-64 Linux (arch/x86/include/uapi/asm: stat.h, sembuf.h), else those of 64-bit machines; struct epoll_event is packed.</summary>
internal static class X64Layouts
{
    public static readonly LinuxLayouts Table = new(
        WordSize: 8,
        Stat: new StatLayout(
            Size: 144,
            Device: new(0, 8),
            Inode: new(8, 8),
            Mode: new(24, 4),
            Links: new(16, 8),
            User: new(28, 4),
            Group: new(32, 4),
            RawDevice: new(40, 8),
            Length: new(48, 8),
            BlockSize: new(56, 8),
            Blocks: new(64, 8),
            AccessSeconds: new(72, 8),
            AccessNanoseconds: new(80, 8),
            ModifySeconds: new(88, 8),
            ModifyNanoseconds: new(96, 8),
            ChangeSeconds: new(104, 8),
            ChangeNanoseconds: new(112, 8)),
        Stat64: null,
        FileSystem: new FileSystemLayout(
            Size: 120,
            Type: new(0, 8),
            BlockSize: new(8, 8),
            Blocks: new(16, 8),
            FreeBlocks: new(24, 8),
            AvailableBlocks: new(32, 8),
            Files: new(40, 8),
            FreeFiles: new(48, 8),
            Id: new(56, 8),
            NameLength: new(64, 8),
            FragmentSize: new(72, 8),
            Flags: new(80, 8)),
        FileSystem64: null,
        Timespec: new TimespecLayout(16, new(0, 8), new(8, 8)),
        IoVector: new IoVectorLayout(16, new(0, 8), new(8, 8)),
        MessageHeader: new MessageHeaderLayout(56, new(0, 8), new(8, 4), new(16, 8), new(24, 8), new(32, 8), new(40, 8), new(48, 4)),
        SignalAction: new SignalActionLayout(32, new(0, 8), new(8, 8), new(16, 8), new(24, 8)),
        SignalStack: new SignalStackLayout(24, new(0, 8), new(8, 4), new(16, 8)),
        EpollEvent: new EpollEventLayout(12, new(0, 4), new(4, 8)),
        FileLock: new FileLockLayout(32, new(0, 2), new(2, 2), new(8, 8), new(16, 8), new(24, 4)),
        SemaphoreSet: SemaphoreSetLayout.X86);
}
