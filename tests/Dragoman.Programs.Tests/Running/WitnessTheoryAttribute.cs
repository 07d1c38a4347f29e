namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs a guest's cross compiler and qemu as the witness; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WitnessTheoryAttribute : TheoryAttribute
{
    public WitnessTheoryAttribute(string guest = GuestMachine.AArch64Name) => Skip = Tool.Missing(GuestMachine.Named(guest).Compiler, GuestMachine.Named(guest).Witness);
}
