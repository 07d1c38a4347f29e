namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite at -O2.</summary>
public sealed class OptimizedTortureTests : TortureTests
{
    public static TheoryData<int> Parts { get; } = Chosen(everyday: 3);

    [TortureTheory]
    [MemberData(nameof(Parts))]
    public void Programs_end_as_under_qemu(int part) => Run("-O2", part);
}
