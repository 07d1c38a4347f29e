namespace Dragoman.Conformance.Tests;

/// <summary>A test that compares with programs that may not be installed: skipped, naming those missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        string[] missing = [.. programs.Where(program => Tools.Find(program) is null)];
        if (missing.Length > 0)
        {
            Skip = "not installed: " + string.Join(", ", missing);
        }
    }
}
