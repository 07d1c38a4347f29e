using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>A field of a byte-stream instruction: a member of the decoded instruction.</summary>
public sealed record BoundField(TextSpan Span, string Name, int Width) : BoundExpression(Span, IsaType.IntOf(Width), BindingTime.Translate);

/// <summary>A <c>tbstate</c> field of a guest whose instructions are words.</summary>
public sealed record BoundTbState(TextSpan Span, int Low, int Width) : BoundExpression(Span, IsaType.IntOf(Width), BindingTime.Translate);

/// <summary>An operand as a name stands for it; reading makes it a local.</summary>
public sealed record BoundOperand(TextSpan Span, OperandParameter Syntax, int Number, int Width) : BoundExpression(Span, IsaType.Bits(Width), BindingTime.Run);

/// <summary>The value of an operand at instruction entry.</summary>
public sealed record BoundOperandRead(TextSpan Span, int Number, int Width) : BoundExpression(Span, IsaType.Bits(Width), BindingTime.Run);

/// <summary>128 bits of an operand that is wider.</summary>
public sealed record BoundOperandPart(TextSpan Span, int Number, BoundExpression Part) : BoundExpression(Span, IsaType.Bits(128), BindingTime.Run);

/// <summary>The address of an operand in memory.</summary>
public sealed record BoundOperandAddress(TextSpan Span, int Number) : BoundExpression(Span, IsaType.Bits(64), BindingTime.Run);

/// <summary>Whether an operand is in memory.</summary>
public sealed record BoundOperandIsMemory(TextSpan Span, int Number) : BoundExpression(Span, IsaType.Bool, BindingTime.Translate);

/// <summary>The text of an operand.</summary>
public sealed record BoundOperandText(TextSpan Span, int Number) : BoundExpression(Span, IsaType.Text, BindingTime.Translate);

/// <summary>Reads an operand, writes a function of it back, and is the old value; not atomic.</summary>
public sealed record BoundRmw(TextSpan Span, int Number, int Width, BoundLambda Function) : BoundExpression(Span, IsaType.Bits(Width), BindingTime.Run);

/// <summary>Writes an operand: a register at the end of the instruction, memory at once.</summary>
public sealed record BoundOperandWrite(TextSpan Span, int Number, int Width, BoundExpression Value) : BoundStatement(Span);

/// <summary>A view that operands may be: at each width the methods that read, write and address it.</summary>
public sealed class PlaceSymbol(ViewItem view)
{
    public ViewItem View { get; } = view;

    public string Name => View.Name.Text;

    /// <summary>Its first parameter is an index; the last is the width.</summary>
    public bool HasIndex => View.Parameters.Count > 1;

    public bool IsMemory => View.Accessors.Address is not null;

    public BoundFunction? Address { get; set; }

    public SortedDictionary<int, BoundFunction> Get { get; } = [];

    public SortedDictionary<int, BoundFunction> Set { get; } = [];

    public StaticMethod? Text { get; set; }

    public LocalSymbol? TextIndex { get; set; }

    public LocalSymbol? TextWidth { get; set; }
}

/// <summary>How the place of an operand is chosen while decoding: a place with its index, or a choice.</summary>
public abstract record PlaceChoice;

/// <summary>A place.</summary>
public sealed record PlaceLeaf(PlaceSymbol Place, BoundExpression? Index) : PlaceChoice;

/// <summary><c>c ? a : b</c>.</summary>
public sealed record PlaceConditional(BoundExpression Condition, PlaceChoice WhenTrue, PlaceChoice WhenFalse) : PlaceChoice;

/// <summary><c>match</c>.</summary>
public sealed record PlaceMatch(BoundExpression Value, IReadOnlyList<(IReadOnlyList<BoundPattern> Patterns, PlaceChoice Choice)> Arms) : PlaceChoice;

/// <summary>An operand kind.</summary>
/// <param name="Width">The local that stands for <c>n</c>.</param>
public sealed record OperandSymbol(OperandItem Syntax, LocalSymbol Width, PlaceChoice Choice);

/// <summary>One copy of the body of an instruction with rows.</summary>
/// <param name="IsLocked">Its <c>rmw</c> is atomic.</param>
public sealed record BoundRowBody(RowInstructionItem Item, IReadOnlyList<int> Widths, bool IsLocked, BoundInstruction Instruction);
