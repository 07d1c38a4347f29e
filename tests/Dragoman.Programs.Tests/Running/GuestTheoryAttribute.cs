namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs a guest's cross compiler; skipped, by name, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestTheoryAttribute : TheoryAttribute
{
    public GuestTheoryAttribute(string guest = GuestMachine.AArch64Name) => Skip = Tool.Missing(GuestMachine.Named(guest).Compiler);
}
