namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule UnknownFlags = new("ISA5001", "Flags not declared", "'{0}' is not a set of flags");
    public static readonly DiagnosticRule WrongFlags = new("ISA5002", "Producer of other flags", "'{0}' produces {1}, not {2}");
    public static readonly DiagnosticRule FlagOutsideProducer = new("ISA5003", "Producer leaves a flag open", "producer '{0}' does not set {1}: every producer sets each flag");
    public static readonly DiagnosticRule StickyOnly = new("ISA5004", "Sticky write to something else", "'|=' is for register parts: {0}");
    public static readonly DiagnosticRule UnknownProducer = new("ISA5005", "Producer not declared", "'{0}' is not a producer of {1}");
    public static readonly DiagnosticRule UnknownException = new("ISA5006", "Exception not declared", "'{0}' is not in the isa's 'exceptions'");
}
