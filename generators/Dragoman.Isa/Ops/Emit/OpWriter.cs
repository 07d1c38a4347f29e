using System.Text;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Lines of C# with their indentation.</summary>
internal sealed class OpWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public OpWriter()
    {
        Line("// Generated from isa/tcg/ops.tcg.");
        Line("#nullable enable");
        Line();
    }

    public void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(text);
        }

        _text.Append('\n');
    }

    public void Open(string? header = null)
    {
        if (header is not null)
        {
            Line(header);
        }

        Line("{");
        _depth++;
    }

    public void Close(string suffix = "")
    {
        _depth--;
        Line("}" + suffix);
    }

    public void Indent() => _depth++;

    public void Unindent() => _depth--;

    public override string ToString() => _text.ToString();
}
