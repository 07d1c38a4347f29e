namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule UnexpectedCharacter = new("ISA1001", "Unexpected character", "unexpected character '{0}'");
    public static readonly DiagnosticRule UnterminatedString = new("ISA1002", "String not closed", "the string is not closed before the end of the line");
    public static readonly DiagnosticRule Expected = new("ISA1003", "Something else was expected here", "expected {0}, found {1}");
    public static readonly DiagnosticRule BadNumber = new("ISA1004", "Malformed number", "'{0}' is not a number: write 12, 0x1F or 0b0110");
    public static readonly DiagnosticRule TooDeep = new("ISA1005", "Nested too deeply", "nested more than {0} levels deep");
    public static readonly DiagnosticRule UnknownItem = new("ISA1006", "Not an item", "'{0}' does not begin an item: expected isa, const, fn, static fn, view, producer, condition, helper, table, cpu, group, operand, insn or test");
    public static readonly DiagnosticRule StrayTest = new("ISA1007", "Test without an instruction", "a test line stands after the instruction that it tests");
    public static readonly DiagnosticRule RepeatedClause = new("ISA1008", "Clause given twice", "'{0}' is already given for this instruction");
    public static readonly DiagnosticRule BadString = new("ISA1009", "Malformed string", "{0}");
    public static readonly DiagnosticRule MissingSeparator = new("ISA1010", "Statements not separated", "expected ';' between statements, found {0}");
    public static readonly DiagnosticRule ChainedComparison = new("ISA1011", "Comparison chained", "comparisons do not chain: join them with '&&'");
}
