using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Guests that do wrong: they die of the signal that Linux gives, with one line, and the host's memory is never touched.</summary>
public sealed class WildGuestTests
{
    private const int Illegal = 4, Trap = 5, Abort = 6, Bus = 7, Segmentation = 11;

    // Kinds of places where nothing is: low, kernel half, negative, at and past the end of a 46, 47 and 48-bit space, non-canonical, and where a host has its own memory.
    private static readonly string[] Nowhere =
    [
        "0", "0x123", "0xffffffffffffffff", "0xfffffffffffffff0", "0xffff000000000000", "0x8000000000000000", "0x400000000000", "0x3fffffffffff", "0x7ffffffffff8", "0x800000000000",
        "0x1000000000000", "0xfffffffff000", "0x00ff000000000000", "0x7fffffffffff",
    ];

    private static readonly string[] Backends = ["interpreter", "il"];

    public static TheoryData<string, int> Signals => Deeds([1, 2, 4, 8, 16, 32], jumpsAnywhere: false, everydayShare: 3);

    /// <summary>Alpha's jumps ignore the low bits of their target (4.3.3), and its largest access is a quadword. The process ends with the number that the host has for a signal.</summary>
    public static TheoryData<string, int> AlphaSignals => Deeds([1, 2, 4, 8], jumpsAnywhere: true, everydayShare: 4, ["0x40000000000", "0xfffffc0000000000"], ignoresTopByte: false);

    /// <summary>x86 jumps anywhere, and its locked accesses may be misaligned; beyond 47 bits an address is not canonical.</summary>
    public static TheoryData<string, int> X64Signals => Deeds([1, 2, 4, 8, 16, 32], jumpsAnywhere: true, everydayShare: 5, ["0x7ffffffff000"], ignoresTopByte: false, alignsAtomics: false, badStack: "0x7ffffffff000");

    /// <summary>The low half of each place.</summary>
    public static TheoryData<string, int> I386Signals => Deeds([1, 2, 4, 8, 16, 32], jumpsAnywhere: true, everydayShare: 7, ["0xffffe000", "0xfffff000"], alignsAtomics: false);

    // Everyday one in so many, always the same, all of them in the long run.
    private static TheoryData<string, int> Deeds(int[] sizes, bool jumpsAnywhere, int everydayShare, string[]? ownPlaces = null, bool ignoresTopByte = true, bool alignsAtomics = true, string badStack = "0xffff000000000000")
    {
        List<(string Deed, int Signal)> cases = [];
        int turn = 0;
        foreach (string place in Nowhere.Concat(ownPlaces ?? []))
        {
            foreach (int size in sizes)
            {
                // Loads and stores in turns: half of the pairs, each place and each size with both.
                cases.Add(($"at {place} {size} {turn++ % 2}", Segmentation));
            }

            turn++;

            // Alignment comes before translation, for fetches and for exclusives.
            bool aligned = (Convert.ToUInt64(place[^1..], 16) & 7) == 0;
            cases.Add(($"jump {place}", aligned || jumpsAnywhere ? Segmentation : Bus));
            cases.Add(($"atomic {place}", aligned || !alignsAtomics ? Segmentation : Bus));
        }

        foreach (int size in sizes.Skip(1))
        {
            cases.Add(($"edge - {size} 0", Segmentation));
            cases.Add(($"edge - {size} 1", Segmentation));
            cases.Add(($"past-file - {size} {size / 2 % 2}", Bus));
        }

        if (!ignoresTopByte)
        {
            cases.Add(("tagged", Segmentation));
        }

        cases.Add(("undefined", Illegal));
        cases.Add(("breakpoint", Trap));
        cases.Add(("abort", Abort));
        cases.Add(("recurse", Segmentation));
        cases.Add(("stack-pointer 0x10", Segmentation));
        cases.Add(($"stack-pointer {badStack}", Segmentation));
        TheoryData<string, int> chosen = [];
        foreach ((string deed, int signal) in cases.Where((_, index) => TestFolders.Long || index % everydayShare == 0))
        {
            chosen.Add(deed, signal);
        }

        return chosen;
    }

    [GuestTheory]
    [MemberData(nameof(Signals))]
    public void Dies_of_its_signal(string deed, int signal) => Die(deed, signal, GuestMachine.AArch64);

    [GuestTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(AlphaSignals))]
    public void An_Alpha_program_dies_of_its_signal(string deed, int signal) => Die(deed, signal, GuestMachine.Alpha);

    [GuestTheory(GuestMachine.X64Name)]
    [MemberData(nameof(X64Signals))]
    public void An_x64_program_dies_of_its_signal(string deed, int signal) => Die(deed, signal, GuestMachine.X64);

    [GuestTheory(GuestMachine.I386Name)]
    [MemberData(nameof(I386Signals))]
    public void An_i386_program_dies_of_its_signal(string deed, int signal) => Die(deed, signal, GuestMachine.I386);

    private static void Die(string deed, int signal, GuestMachine guest)
    {
        string backend = Backends[deed.Length % 2];
        ProcessResult result = DragomanCommand.Run(Program(guest), deed.Split(' '), ["--backend", backend]);
        Refusal.AssertSignal(signal, result);
        Assert.DoesNotContain("survived", result.OutputText);
    }

    [GuestTheory]
    [InlineData("tagged", 0)]
    [InlineData("tagged-jump", 0)]
    [InlineData("inside - 1 0", 0)]
    [InlineData("inside - 16 1", 0)]
    [InlineData("inside - 32 0", 0)]
    [InlineData("system-call 0x10", 55)]
    [InlineData("system-call 0xffff000000000000", 55)]
    [InlineData("system-call 0x400000000000", 55)]
    [InlineData("system-call 0x7fffffff0000", 55)]
    public void Goes_on(string deed, int status) => GoOn(deed, status, GuestMachine.AArch64);

    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData("inside - 1 0", 0)]
    [InlineData("inside - 8 1", 0)]
    [InlineData("file-tail - 8 0", 0)]
    [InlineData("file-tail - 2 1", 0)]
    [InlineData("system-call 0x10", 55)]
    [InlineData("system-call 0x40000000000", 55)]
    [InlineData("system-call 0x400000000000", 55)]
    [InlineData("system-call 0xfffffc0000000000", 55)]
    public void An_Alpha_program_goes_on(string deed, int status) => GoOn(deed, status, GuestMachine.Alpha);

    [GuestTheory(GuestMachine.X64Name)]
    [InlineData("inside - 1 0", 0)]
    [InlineData("inside - 32 1", 0)]
    [InlineData("file-tail - 32 0", 0)]
    [InlineData("system-call 0x10", 55)]
    [InlineData("system-call 0x800000000000", 55)]
    [InlineData("system-call 0xffff000000000000", 55)]
    public void An_x64_program_goes_on(string deed, int status) => GoOn(deed, status, GuestMachine.X64);

    [GuestTheory(GuestMachine.I386Name)]
    [InlineData("inside - 8 0", 0)]
    [InlineData("inside - 32 1", 0)]
    [InlineData("system-call 0x10", 55)]
    [InlineData("system-call 0xfffffff0", 55)]
    public void An_i386_program_goes_on(string deed, int status) => GoOn(deed, status, GuestMachine.I386);

    private static void GoOn(string deed, int status, GuestMachine guest)
    {
        ProcessResult result = DragomanCommand.Run(Program(guest), deed.Split(' '));
        Assert.True(result.ExitCode == status && result.ErrorOutput.Length == 0, result.ToString());
    }

    private static string Program(GuestMachine guest) =>
        GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/BadInput/wild.c"), "-O1 -w", guest);
}
