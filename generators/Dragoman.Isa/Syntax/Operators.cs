namespace Dragoman.Isa.Syntax;

/// <summary>Prefix operators.</summary>
public enum UnaryOperator
{
    Negate,
    Complement,
    Not,
}

/// <summary>Infix operators. Suffix U or S: the unsigned or signed run-time form.</summary>
public enum BinaryOperator
{
    Multiply,
    Divide,
    Remainder,
    DivideU,
    DivideS,
    RemainderU,
    RemainderS,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    ShiftRightS,
    RotateRight,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    LessU,
    LessOrEqualU,
    GreaterU,
    GreaterOrEqualU,
    LessS,
    LessOrEqualS,
    GreaterS,
    GreaterOrEqualS,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
    AndAlso,
    OrElse,
}
