namespace Dragoman.Isa.Syntax;

/// <summary>A range of one file; lines and columns count from 1, the end is exclusive.</summary>
public readonly record struct TextSpan(string File, int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    /// <summary>From the start of this span to the end of <paramref name="last"/>.</summary>
    public TextSpan To(TextSpan last) => new(File, StartLine, StartColumn, last.EndLine, last.EndColumn);

    /// <summary>As compilers print it: <c>file(line,column)</c>.</summary>
    public override string ToString() => $"{File}({StartLine},{StartColumn})";
}
