using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Host;

/// <summary>A theory over programs of an x64 host; skipped, by name, where one of those that everyday runs is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute()
    {
        string[] missing = [.. HostProgramTests.Programs.Where(program => !File.Exists(program))];
        Skip = Tool.Missing(GuestMachine.X64.Witness) ?? (missing.Length > 0 ? $"this host has no {string.Join(", ", missing)}" : null);
    }
}
