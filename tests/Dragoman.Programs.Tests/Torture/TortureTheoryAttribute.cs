using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>A test over GCC's execute torture suite: needs the guest's cross compiler and qemu, and Debian's archive.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TortureTheoryAttribute : TheoryAttribute
{
    public TortureTheoryAttribute(string guest = GuestMachine.AArch64Name) =>
        Skip = Tool.Missing(GuestMachine.Named(guest).Compiler, GuestMachine.Named(guest).Witness, Tool.Apt, Tool.DpkgDeb)
            ?? (TortureCases.Folder is null ? "gcc-12-source cannot be fetched from Debian's archive" : null);
}
