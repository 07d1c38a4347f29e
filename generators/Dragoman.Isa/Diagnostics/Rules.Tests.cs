namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule BadTest = new("ISA6101", "Malformed test", "{0}");
}
