namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite at -O0.</summary>
public sealed class PlainTortureTests : TortureTests
{
    public static TheoryData<int> Parts { get; } = Chosen(everyday: 14);

    [TortureTheory]
    [MemberData(nameof(Parts))]
    public void Programs_end_as_under_qemu(int part) => Run("-O0", part);
}
