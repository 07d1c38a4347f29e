using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.BusyBox;

/// <summary>A theory over Debian's busybox-static: needs the guest's witness and Debian's archive.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BusyBoxTheoryAttribute : TheoryAttribute
{
    public BusyBoxTheoryAttribute(string guest = GuestMachine.AArch64Name) => Skip = Tool.Missing(GuestMachine.Named(guest).Witness, Tool.Apt, Tool.DpkgDeb)
        ?? (BusyBoxTests.ProgramOf(GuestMachine.Named(guest)) is null ? "busybox-static cannot be fetched from Debian's archive" : null);
}
