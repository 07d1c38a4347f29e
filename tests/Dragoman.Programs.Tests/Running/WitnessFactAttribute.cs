namespace Dragoman.Programs.Tests.Running;

/// <summary>A test that needs a guest's cross compiler and qemu as the witness; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WitnessFactAttribute : FactAttribute
{
    public WitnessFactAttribute(string guest = GuestMachine.AArch64Name) => Skip = Tool.Missing(GuestMachine.Named(guest).Compiler, GuestMachine.Named(guest).Witness);
}
