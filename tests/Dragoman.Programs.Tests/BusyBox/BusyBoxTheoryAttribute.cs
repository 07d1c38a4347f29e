using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.BusyBox;

/// <summary>A theory over Debian's busybox-static for arm64: needs qemu-aarch64 and Debian's archive.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BusyBoxTheoryAttribute : TheoryAttribute
{
    public BusyBoxTheoryAttribute() => Skip = Tool.Missing(GuestMachine.AArch64.Witness, Tool.Apt, Tool.DpkgDeb)
        ?? (BusyBoxTests.Program is null ? "busybox-static:arm64 cannot be fetched from Debian's archive" : null);
}
