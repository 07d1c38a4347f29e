namespace Dragoman.Linux.Tests.Programs;

/// <summary>Tests that build guest programs; skipped by name when the cross compiler is missing.</summary>
internal sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute() => Skip = GuestProgram.Missing;

    /// <summary>QEMU is the witness.</summary>
    public bool NeedsQemu
    {
        get => false;
        set => Skip ??= value && !GuestProgram.HasQemu ? "qemu-aarch64 is not installed" : null;
    }
}
