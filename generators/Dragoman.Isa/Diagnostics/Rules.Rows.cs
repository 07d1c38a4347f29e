namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule FieldByteWidth = new("ISA2011", "Fields do not fill a byte", "the fields of {0} have {1} bits, a byte has 8");
    public static readonly DiagnosticRule UnknownSize = new("ISA2012", "Operand size not declared", "'{0}' is not a size of the isa's 'widths'");
    public static readonly DiagnosticRule UnknownOperand = new("ISA2013", "Operand not declared", "'{0}' is not an operand: declare 'operand {0}', or the kind that it begins with and its size in 'widths'");
    public static readonly DiagnosticRule OperandCount = new("ISA2014", "Wrong number of operands", "{0} takes {1} operands, this row has {2}");
    public static readonly DiagnosticRule BadEncoding = new("ISA2015", "Encoding of a row", "{0}");
    public static readonly DiagnosticRule NotAPlace = new("ISA2016", "Operand is not a view", "an operand is a call of a view, chosen by '?:' or 'match' over the instruction's fields: {0}");
    public static readonly DiagnosticRule NoRows = new("ISA2017", "Instruction without rows", "{0} has no 'row'");
    public static readonly DiagnosticRule NotWithoutBytes = new("ISA2018", "Rows need a byte stream", "an instruction with operands and rows needs 'insn bytes N' in the isa block");
    public static readonly DiagnosticRule OperandAccess = new("ISA2019", "Operand used otherwise than declared", "operand '{0}' is declared '{1}': {2}");
    public static readonly DiagnosticRule Lockable = new("ISA2020", "Lockable instruction", "{0}");
    public static readonly DiagnosticRule NoParts = new("ISA2021", "Parts not declared", "'{0}' is the size of each part: the isa block says with 'parts' how many there are");
    public static readonly DiagnosticRule SourceOperand = new("ISA2022", "Where the first operand is read", "the second operand of this row is where {0}'s first is read: {1}");
}
