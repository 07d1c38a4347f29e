using System.Collections.Generic;

namespace Dragoman.Isa.Ops;

/// <summary>Node of an op's semantic expression.</summary>
public abstract record OpExpression;

/// <summary>An integer literal.</summary>
public sealed record OpNumber(ulong Value) : OpExpression;

/// <summary>An operand, an immediate, or <c>W</c>.</summary>
public sealed record OpName(string Name) : OpExpression;

/// <summary><c>-a</c> or <c>~a</c>.</summary>
public sealed record OpUnary(string Operator, OpExpression Operand) : OpExpression;

/// <summary><c>a + b</c> and its like.</summary>
public sealed record OpBinary(string Operator, OpExpression Left, OpExpression Right) : OpExpression;

/// <summary><c>c ? a : b</c>.</summary>
public sealed record OpConditional(OpExpression Condition, OpExpression WhenTrue, OpExpression WhenFalse) : OpExpression;

/// <summary><c>clz(a)</c> and its like.</summary>
public sealed record OpCall(string Function, IReadOnlyList<OpExpression> Arguments) : OpExpression;
