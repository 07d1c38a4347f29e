namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule NoAsm = new("ISA6001", "Instruction without text", "{0} has no 'asm' line: it is disassembled as its name", IsError: false);
    public static readonly DiagnosticRule NotText = new("ISA6002", "Text expected", "'asm' and 'alias' take text, this is {0}");
    public static readonly DiagnosticRule BadTestWord = new("ISA6003", "Test word", "'{0}' is not the word of an instruction: write {1} hexadecimal digits");
    public static readonly DiagnosticRule TestDoesNotMatch = new("ISA6004", "Test of another instruction", "{0} does not match the pattern of {1}: bits {2} differ");
    public static readonly DiagnosticRule TestTaken = new("ISA6005", "Test word taken elsewhere", "{0} is decoded as {1}, not as {2}");
    public static readonly DiagnosticRule NoTests = new("ISA6006", "Instruction without a test", "{0} has no 'test' line", IsError: false);
}
