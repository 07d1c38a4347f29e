using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>A test over GCC's execute torture suite: needs the cross compiler, qemu-aarch64 and Debian's archive.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TortureFactAttribute : FactAttribute
{
    public TortureFactAttribute() => Skip = Tool.Missing(GuestMachine.AArch64.Compiler, GuestMachine.AArch64.Qemu, Tool.Apt, Tool.DpkgDeb)
        ?? (TortureCases.Folder is null ? "gcc-12-source cannot be fetched from Debian's archive" : null);
}
