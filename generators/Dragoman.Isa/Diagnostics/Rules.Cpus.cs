namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule UnknownFeature = new("ISA2031", "Feature not declared", "'{0}' is no feature: an instruction's 'feature' declares one");
    public static readonly DiagnosticRule UnknownCpu = new("ISA2032", "CPU model not declared", "'{0}' is not a CPU model that stands before this one");
    public static readonly DiagnosticRule MissingCpuValue = new("ISA2033", "CPU model leaves a value open", "CPU model '{0}' gives no '{1}', which '{2}' does");
    public static readonly DiagnosticRule TooManyFeatures = new("ISA2034", "Too many features", "{0} features: a set holds at most {1}");
}
