namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs the cross compiler and qemu-aarch64 as the witness; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WitnessTheoryAttribute : TheoryAttribute
{
    public WitnessTheoryAttribute() => Skip = Tool.Missing(Tool.CrossCompiler, Tool.Qemu);
}
