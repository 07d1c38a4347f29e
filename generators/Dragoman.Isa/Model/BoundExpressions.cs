using System.Numerics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>A typed, timed expression. The emitters print it; nothing below it is unresolved.</summary>
public abstract record BoundExpression(TextSpan Span, IsaType Type, BindingTime Time)
{
    /// <summary>Whether it is a temp of the IR (or a tuple holding one).</summary>
    public bool IsRun => Time == BindingTime.Run;
}

/// <summary>A number or truth value known at build time.</summary>
public sealed record BoundConstant(TextSpan Span, IsaType Type, BigInteger Value) : BoundExpression(Span, Type, BindingTime.Build);

/// <summary>A memory order known at build time, in the bits of <c>MemOp</c>.</summary>
public sealed record BoundOrder(TextSpan Span, string MemOp) : BoundExpression(Span, IsaType.Order, BindingTime.Build);

/// <summary>Text with holes.</summary>
public sealed record BoundText(TextSpan Span, IReadOnlyList<BoundTextPart> Parts) : BoundExpression(Span, IsaType.Text, BindingTime.Translate);

/// <summary>Literal text, or an expression with its format.</summary>
public sealed record BoundTextPart(string? Literal, BoundExpression? Value, string? Format);

/// <summary>A local's value.</summary>
public sealed record BoundLocal(TextSpan Span, LocalSymbol Symbol) : BoundExpression(Span, Symbol.Type, Symbol.Time);

/// <summary>The address of the instruction.</summary>
public sealed record BoundPc(TextSpan Span) : BoundExpression(Span, IsaType.Int, BindingTime.Translate)
{
    /// <summary><c>pc.next</c>: the address of the instruction behind it.</summary>
    public bool IsNext { get; init; }
}

/// <summary>Whether the CPU that is translated for has a feature.</summary>
public sealed record BoundCpuFeature(TextSpan Span, string Feature, IReadOnlyList<string> WithNeeds) : BoundExpression(Span, IsaType.Bool, BindingTime.Translate);

/// <summary>A number of the CPU model that is translated for.</summary>
public sealed record BoundCpuValue(TextSpan Span, string Name) : BoundExpression(Span, IsaType.Int, BindingTime.Translate);

/// <summary>
/// An operation by name. At run time it is a method of the instruction builder, called with <paramref name="Immediates"/> (widths) first;
/// at translate time it is a C# operator or a method of <c>Static</c>.
/// </summary>
public sealed record BoundOperation(TextSpan Span, IsaType Type, BindingTime Time, string Name, IReadOnlyList<string> Immediates, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Span, Type, Time);

/// <summary>A C# value made a temp: a constant of the IR.</summary>
public sealed record BoundLift(TextSpan Span, IsaType Type, BoundExpression Value) : BoundExpression(Span, Type, BindingTime.Run);

/// <summary>A register at instruction entry; <paramref name="Index"/> for arrays.</summary>
public sealed record BoundRegisterRead(TextSpan Span, RegisterSymbol Register, BoundExpression? Index)
    : BoundExpression(Span, IsaType.Bits(Register.Width), BindingTime.Run);

/// <summary>Bits of a register that is kept in memory: loaded alone when the position allows.</summary>
public sealed record BoundRegisterPart(TextSpan Span, RegisterSymbol Register, BoundExpression? Index, BoundExpression Position, int Width)
    : BoundExpression(Span, IsaType.Bits(Width), BindingTime.Run);

/// <summary>A choice made while translating: only one side is ever evaluated.</summary>
public sealed record BoundConditional(TextSpan Span, IsaType Type, BindingTime Time, BoundExpression Condition, BoundExpression WhenTrue, BoundExpression WhenFalse)
    : BoundExpression(Span, Type, Time);

/// <summary>A choice among many made while translating. Arms are tried in order; a null value is <c>unallocated</c>.</summary>
public sealed record BoundMatch(TextSpan Span, IsaType Type, BindingTime Time, BoundExpression Value, IReadOnlyList<BoundArm> Arms)
    : BoundExpression(Span, Type, Time);

/// <summary>One arm; no patterns stand for <c>_</c>.</summary>
public sealed record BoundArm(IReadOnlyList<BoundPattern> Patterns, BoundExpression? Value);

/// <summary>From..To, or bits: <c>(value &amp; Mask) == From</c> when a mask is given (To is then the greatest value of that width).</summary>
public sealed record BoundPattern(BigInteger From, BigInteger To, BigInteger? Mask);

/// <summary>A call of a specialized function.</summary>
public sealed record BoundCall(TextSpan Span, BoundFunction Function, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Span, Function.ResultType, Function.ResultTime);

/// <summary>A call of a <c>static fn</c>.</summary>
public sealed record BoundStaticCall(TextSpan Span, StaticFunction Function, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Span, Function.ResultType, BindingTime.Translate);

/// <summary>A call of a C# helper from translated code.</summary>
public sealed record BoundHelperCall(TextSpan Span, HelperSymbol Helper, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Span, Helper.ResultType, BindingTime.Run);

/// <summary>A tuple; each element has its own time.</summary>
public sealed record BoundTuple(TextSpan Span, IsaType Type, BindingTime Time, IReadOnlyList<BoundExpression> Items) : BoundExpression(Span, Type, Time);

/// <summary>A function of lanes, expanded by the instruction builder.</summary>
public sealed record BoundLambda(TextSpan Span, IReadOnlyList<LocalSymbol> Parameters, BoundExpression Body)
    : BoundExpression(Span, Body.Type, BindingTime.Run);

/// <summary>A row of a static-key table chosen while translating.</summary>
public sealed record BoundTableAccess(TextSpan Span, IsaType Type, BindingTime Time, TableSymbol Table, string Access, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Span, Type, Time);

/// <summary>An argument passed by reference.</summary>
public sealed record BoundReference(TextSpan Span, LocalSymbol Symbol) : BoundExpression(Span, Symbol.Type, Symbol.Time);
