using System.Collections.Generic;

namespace Dragoman.Isa.Ops;

/// <summary>The op table, <c>isa/tcg/ops.tcg</c>.</summary>
public sealed class OpTable
{
    private OpTable(IReadOnlyList<OpDefinition> ops) => Ops = ops;

    /// <summary>Rows in the order of the file, which is that of the opcodes.</summary>
    public IReadOnlyList<OpDefinition> Ops { get; }

    /// <summary>Reads the table.</summary>
    /// <exception cref="OpTableException">The text is wrong; the exception says where.</exception>
    public static OpTable Parse(string text)
    {
        var ops = new List<OpDefinition>();
        var names = new HashSet<string>();
        string[] lines = text.Replace("\r\n", "\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            List<OpToken> tokens = new OpLexer(lines[i], i + 1).Lex();
            if (tokens.Count == 1)
            {
                continue;
            }

            OpDefinition op = new OpParser(tokens, i + 1).Parse();
            if (!names.Add(op.Name))
            {
                throw new OpTableException(i + 1, 4, $"op '{op.Name}' is defined twice");
            }

            ops.Add(op);
        }

        return new OpTable(ops);
    }
}
