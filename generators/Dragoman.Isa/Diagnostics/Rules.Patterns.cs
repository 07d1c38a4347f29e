namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule PatternWidth = new("ISA2001", "Pattern has the wrong width", "the pattern of {0} has {1} bits, an instruction has {2}");
    public static readonly DiagnosticRule RepeatedField = new("ISA2002", "Field given twice", "field '{0}' is already in this pattern: give the parts two names and join them with 'let {0} = cat(high, low)'");
    public static readonly DiagnosticRule EmptyField = new("ISA2003", "Field of no width", "field '{0}' has no bits");
    public static readonly DiagnosticRule Overlap = new("ISA2004", "Patterns overlap", "{0} and {1} ({2}) both match {3}, and neither is more specific: fix more bits in one, or separate them with 'when'");
    public static readonly DiagnosticRule Unreachable = new("ISA2005", "Instruction is never reached", "every word that matches {0} is taken by more specific instructions: {1}");
    public static readonly DiagnosticRule TooManyCopies = new("ISA2006", "Too many build-time copies", "'for' of {0} depends on {1} bits of the encoding; at most {2} may be expanded: compute the value with 'let' instead");
    public static readonly DiagnosticRule NotBuildTime = new("ISA2007", "Not known at build time", "{0}");
    public static readonly DiagnosticRule NoCopies = new("ISA2008", "Instruction has no copies", "no value of the fields that 'for' depends on leaves a copy of {0}: 'when', 'unallocated' or the match refuses them all");
    public static readonly DiagnosticRule DuplicateInstruction = new("ISA2009", "Instruction named twice", "an instruction is already named '{0}' ({1})");
    public static readonly DiagnosticRule UnitWidth = new("ISA2010", "Unit not supported", "an instruction unit has 8, 16, 32 or 64 bits, not {0}");
}
