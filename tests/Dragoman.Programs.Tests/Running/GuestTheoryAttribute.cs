namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs the cross compiler; skipped, by name, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestTheoryAttribute : TheoryAttribute
{
    public GuestTheoryAttribute() => Skip = Tool.Missing(Tool.CrossCompiler);
}
