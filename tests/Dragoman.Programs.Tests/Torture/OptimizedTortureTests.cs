namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite at -O2.</summary>
public sealed class OptimizedTortureTests : TortureTests
{
    [TortureFact]
    public void Programs_end_as_under_qemu() => Run("-O2", 3);
}
