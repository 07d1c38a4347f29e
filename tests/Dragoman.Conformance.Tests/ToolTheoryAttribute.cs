namespace Dragoman.Conformance.Tests;

/// <summary>A theory that compares with programs that may not be installed: skipped, naming those missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] programs) => Skip = new ToolFactAttribute(programs).Skip;
}
