namespace Dragoman.Linux.Abi.Alpha;

/// <summary>
/// What Alpha Linux, made to be binary compatible with OSF/1, numbers otherwise than other machines (arch/alpha/include/uapi/asm). Pairs are
/// Alpha's number and the host's.
/// </summary>
internal static class AlphaNumbers
{
    public static readonly LinuxNumbers Table = new()
    {
        // errno.h: EDEADLK 11, EAGAIN 35, and from EINPROGRESS (36) on.
        Errors = Runs(
            (11, 35, 1), (35, 11, 1), (36, 115, 1), (37, 114, 1), (38, 88, 24), (62, 40, 1), (63, 36, 1), (64, 112, 2), (66, 39, 1), (68, 87, 1),
            (69, 122, 1), (70, 116, 1), (71, 66, 1), (77, 37, 2), (80, 42, 2), (82, 63, 1), (83, 62, 1), (84, 74, 1), (85, 71, 1), (86, 61, 1),
            (87, 60, 1), (88, 44, 4), (92, 65, 1), (93, 48, 10), (104, 59, 1), (105, 64, 1), (106, 67, 4), (110, 72, 2), (112, 75, 4), (116, 84, 1),
            (122, 79, 5), (127, 85, 2), (129, 123, 11)),

        // signal.h. SIGEMT stands where others have SIGSTKFLT, which Alpha lacks.
        Signals = new(
            (7, 16), (10, 7), (12, 31), (16, 23), (17, 19), (18, 20), (19, 18), (20, 17), (23, 29), (29, 30), (30, 10), (31, 12)),
        StackFaultName = "SIGEMT",
        SignalFlags = new((1, 0x08000000), (2, 0x10000000), (4, 1), (8, 0x40000000), (0x10, 0x80000000), (0x20, 2), (0x40, 4)),
        FirstMaskOperation = 1,
        SmallestSignalStack = 4096,

        // fcntl.h.
        OpenFlags = new(
            (0x4, 0x800), (0x8, 0x400), (0x200, 0x40), (0x400, 0x200), (0x800, 0x80), (0x1000, 0x100), (0x4000, 0x1000), (0x8000, 0x10000),
            (0x10000, 0x20000), (0x20000, 0x8000), (0x80000, 0x4000), (0x100000, 0x40000), (0x200000, 0x80000), (0x400000, 0x100000),
            (0x800000, 0x200000), (0x1000000, 0x400000)),
        FileCommands = new((5, 8), (6, 9), (7, 5), (8, 6), (9, 7)),
        LockTypes = new((1, 0), (2, 1), (8, 2)),

        // mman.h.
        MapFlags = new(
            (0x10, 0x20), (0x100, 0x10), (0x1000, 0x100), (0x2000, 0x800), (0x4000, 0x1000), (0x8000, 0x2000), (0x10000, 0x4000), (0x20000, 0x8000),
            (0x40000, 0x10000), (0x80000, 0x20000), (0x100000, 0x40000), (0x200000, 0x100000)),
        Advice = new((6, 4)),
        SyncFlags = new((2, 4), (4, 2)),
        LockFlags = new((0x2000, 1), (0x4000, 2), (0x8000, 4)),

        // socket.h; SOCK_NONBLOCK is not O_NONBLOCK, which is a socket type here.
        SocketFlags = new((0x40000000, 0x800), (0x200000, 0x80000)),
        SocketLevel = 0xFFFF,
        SocketOptions = new(
            (4, 2), (8, 9), (0x10, 5), (0x20, 6), (0x80, 13), (0x100, 10), (0x200, 15), (0x1001, 7), (0x1002, 8), (0x1007, 4), (0x1008, 3),
            (0x100A, 32), (0x100B, 33), (0x1010, 18), (0x1011, 19), (0x1012, 20), (0x1013, 21), (0x1014, 30), (0x1028, 38), (0x1029, 39), (17, 16),
            (18, 17), (19, 22), (20, 23), (21, 24), (30, 31)),

        // resource.h.
        Limits = new((6, 7), (7, 9), (8, 6), (9, 8)),
        NoLimit = long.MaxValue,

        // ioctls.h, sockios.h.
        Requests = new(
            (0x20006601, 0x5451), (0x20006602, 0x5450), (0x8004667D, 0x5452), (0x8004667E, 0x5421), (0x4004667F, 0x541B), (0x402C7413, 0x5401),
            (0x802C7414, 0x5402), (0x802C7415, 0x5403), (0x802C7416, 0x5404), (0x40127417, 0x5405), (0x80127418, 0x5406), (0x80127419, 0x5407),
            (0x8012741C, 0x5408), (0x2000741D, 0x5409), (0x2000741E, 0x540A), (0x2000741F, 0x540B), (0x80087467, 0x5414), (0x40087468, 0x5413),
            (0x40047473, 0x5411), (0x80047476, 0x5410), (0x40047477, 0x540F), (0x4004667B, 0x8903), (0x8004667C, 0x8901), (0x40047307, 0x8905),
            (0x80047308, 0x8902), (0x40047309, 0x8904)),

        // termbits.h.
        Terminals = new TerminalMap(
            Input: new((0x200, 0x400), (0x400, 0x1000), (0x1000, 0x200)),
            Output: new(
                (2, 4), (4, 2), (0x100, 0x100), (0x400, 0x800), (0x800, 0x1000), (0x1000, 0x200), (0x2000, 0x400), (0x4000, 0x8000), (0x8000, 0x2000),
                (0x10000, 0x4000)),
            Control: new(
                (0x100, 0x10), (0x200, 0x20), (0x400, 0x40), (0x800, 0x80), (0x1000, 0x100), (0x2000, 0x200), (0x4000, 0x400), (0x8000, 0x800)),
            Local: new(
                (0x80, 1), (0x100, 2), (0x4000, 4), (8, 8), (2, 0x10), (4, 0x20), (0x10, 0x40), (0x80000000, 0x80), (0x400000, 0x100), (0x40, 0x200),
                (0x20, 0x400), (1, 0x800), (0x800000, 0x1000), (0x20000000, 0x4000), (0x400, 0x8000), (0x10000000, 0x10000)),
            FirstFastSpeed: 0x10,
            Characters: [8, 9, 3, 5, 0, 17, 16, 7, 12, 13, 10, 1, 6, 15, 4, 14, 2]),
        ClockTicks = 1024,
    };

    /// <summary>Runs of numbers that go up together on both sides.</summary>
    private static NumberMap Runs(params ReadOnlySpan<(int Guest, int Host, int Count)> runs)
    {
        var pairs = new List<(int, int)>();
        foreach (var (guest, host, count) in runs)
        {
            for (var i = 0; i < count; i++)
            {
                pairs.Add((guest + i, host + i));
            }
        }

        return new NumberMap(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pairs));
    }
}
