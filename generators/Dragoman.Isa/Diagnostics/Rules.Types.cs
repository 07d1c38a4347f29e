namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule UnknownName = new("ISA3001", "Name not declared", "'{0}' is not a field, local, constant, register or flag here");
    public static readonly DiagnosticRule UnknownFunction = new("ISA3002", "Function not declared", "'{0}' is not a function, view, producer, condition, helper, table or built-in");
    public static readonly DiagnosticRule WidthMismatch = new("ISA3003", "Widths differ", "a {0} meets a {1}: write zx<n>(..), sx<n>(..) or lo<n>(..)");
    public static readonly DiagnosticRule DoesNotFit = new("ISA3004", "Constant does not fit", "{0} does not fit in {1}, neither signed nor unsigned");
    public static readonly DiagnosticRule NotStatic = new("ISA3005", "Known too late", "this is known only when the guest runs, but {0} must be known {1}");
    public static readonly DiagnosticRule NeedsWidth = new("ISA3006", "Run-time value without a width", "an int becomes a run-time value here and has no width: give it one (zx<n>(..), or 'var {0}: u64 = ..')");
    public static readonly DiagnosticRule TypeMismatch = new("ISA3007", "Types differ", "{0} was expected, this is {1}");
    public static readonly DiagnosticRule ArgumentCount = new("ISA3008", "Wrong number of arguments", "'{0}' takes {1} arguments, not {2}");
    public static readonly DiagnosticRule BadWidth = new("ISA3009", "Width out of range", "a width of {0} bits: run-time values have 1 to 128 bits");
    public static readonly DiagnosticRule NotAssignable = new("ISA3010", "Cannot be assigned", "this cannot be assigned: targets are registers, views with 'set', flags, 'var' locals, and tuples and cat(..) of them");
    public static readonly DiagnosticRule Recursive = new("ISA3011", "Function calls itself", "'{0}' calls itself: only 'static fn' may");
    public static readonly DiagnosticRule NotExhaustive = new("ISA3012", "Match does not cover every value", "not every value is covered: add '_'");
    public static readonly DiagnosticRule NoAccessor = new("ISA3013", "View cannot be used so", "view '{0}' has no '{1}'");
    public static readonly DiagnosticRule MisplacedReturn = new("ISA3014", "Return in the middle", "'return' stands last in a 'fn': use '?:' or 'match' instead");
    public static readonly DiagnosticRule BadSlice = new("ISA3015", "Bits out of range", "bits {0}:{1} of a {2}");
    public static readonly DiagnosticRule NotHere = new("ISA3016", "Not allowed here", "{0}");
    public static readonly DiagnosticRule DuplicateName = new("ISA3017", "Declared twice", "'{0}' is already declared");
    public static readonly DiagnosticRule TooWide = new("ISA3018", "Operation not available at this width", "'{0}' of a {1}: above 64 bits only moves, slices, cat, & | ^ ~, ==, +, - and shifts are available");
    public static readonly DiagnosticRule BadFpSetting = new("ISA3019", "Setting of an fpenv", "'{0}' is no setting of an fpenv, or not with this value: see 'fpenv' in the language reference");
    public static readonly DiagnosticRule BadFormat = new("ISA3020", "Register format of a floating-point operation", "'{0}' does not exist in this register format: see 'Register formats' in the language reference");
}
