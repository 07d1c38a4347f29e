namespace Dragoman.Programs.Tests.Running;

/// <summary>A test that needs the cross compiler; skipped, by name, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestFactAttribute : FactAttribute
{
    public GuestFactAttribute() => Skip = Tool.Missing(Tool.CrossCompiler);
}
