namespace Dragoman.Linux.Tests.Programs;

/// <summary>A test that builds guest programs; skipped by name when the cross compiler is missing.</summary>
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute() => Skip = GuestProgram.Missing;

    /// <summary>A folder that the test needs too.</summary>
    public string Folder
    {
        get => "";
        set => Skip ??= Directory.Exists(value) ? null : $"{value} is not there";
    }
}
