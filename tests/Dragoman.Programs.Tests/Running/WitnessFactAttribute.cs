namespace Dragoman.Programs.Tests.Running;

/// <summary>A test that needs the cross compiler and qemu-aarch64 as the witness; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WitnessFactAttribute : FactAttribute
{
    public WitnessFactAttribute() => Skip = Tool.Missing(Tool.CrossCompiler, Tool.Qemu);
}
