namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite at -O0.</summary>
public sealed class PlainTortureTests : TortureTests
{
    [TortureFact]
    public void Programs_end_as_under_qemu() => Run("-O0", 14);
}
