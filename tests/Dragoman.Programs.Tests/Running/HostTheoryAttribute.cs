namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs a guest's compiler, and the host's own kernel as the witness, as it shows itself on the bare processor; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute(string guest) => Skip = Tool.Missing(GuestMachine.Named(guest).Compiler) ?? HostKernel.Hides(GuestMachine.Named(guest));
}
