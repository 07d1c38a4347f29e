using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Debian;

/// <summary>A theory over Debian's programs for arm64: needs qemu-aarch64 and Debian's archive.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianTheoryAttribute : TheoryAttribute
{
    public DebianTheoryAttribute() => Skip = Tool.Missing(GuestMachine.AArch64.Witness, Tool.Apt, Tool.DpkgDeb)
        ?? (DebianPrograms.Root is null ? "bash, perl, python3.11 and others for arm64 cannot be fetched from Debian's archive" : null);
}
