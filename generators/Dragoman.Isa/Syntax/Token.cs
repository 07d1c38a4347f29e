namespace Dragoman.Isa.Syntax;

/// <summary>What a token is.</summary>
public enum TokenKind
{
    End,
    Identifier,

    /// <summary>Starts with a digit. The text is kept raw: encoding patterns and test words read it as digits, expressions as a number.</summary>
    Number,

    /// <summary>The text between the quotes, escapes and holes unresolved.</summary>
    String,

    /// <summary>An operator or bracket; the text says which.</summary>
    Symbol,
}

/// <summary>A token. <paramref name="Start"/> and <paramref name="End"/> are offsets into the file's text.</summary>
/// <param name="Documentation">Text of the <c>///</c> lines before the token, or null.</param>
/// <param name="StartsLine">True for the first token of a line that is not indented; recovery looks for items there.</param>
public readonly record struct Token(TokenKind Kind, string Text, TextSpan Span, int Start, int End, string? Documentation, bool StartsLine)
{
    /// <summary>As messages name it.</summary>
    public string Description => Kind switch
    {
        TokenKind.End => "the end of the file",
        TokenKind.String => "a string",
        _ => $"'{Text}'",
    };
}
