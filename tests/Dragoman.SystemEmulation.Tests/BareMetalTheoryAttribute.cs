namespace Dragoman.SystemEmulation.Tests;

/// <summary>A test that builds bare-metal programs; skipped by name when the cross compiler is missing.</summary>
internal sealed class BareMetalTheoryAttribute : TheoryAttribute
{
    public BareMetalTheoryAttribute() => Skip = BareMetal.Missing;

    /// <summary>The test asks QEMU too.</summary>
    public bool AsksQemu
    {
        get => false;
        set => Skip = value ? BareMetal.MissingQemu : BareMetal.Missing;
    }
}
