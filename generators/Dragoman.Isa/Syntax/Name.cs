namespace Dragoman.Isa.Syntax;

/// <summary>An identifier and where it stands.</summary>
public readonly record struct Name(TextSpan Span, string Text)
{
    public override string ToString() => Text;
}
