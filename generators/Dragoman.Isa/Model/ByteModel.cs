using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>What a bound description of a byte-stream guest has beside that of any other.</summary>
public sealed class ByteModel(ByteDecoderModel decoder)
{
    public ByteUnit Unit => decoder.Unit;

    public IReadOnlyList<RowModel> Rows => decoder.Rows;

    public List<PlaceSymbol> Places { get; } = [];

    public Dictionary<string, OperandSymbol> Operands { get; } = [];

    /// <summary>Bodies by name; locked ones end in <c>_lock</c>.</summary>
    public Dictionary<string, BoundRowBody> Bodies { get; } = [];

    /// <summary>Texts of instructions that have an <c>asm</c>.</summary>
    public Dictionary<RowInstructionItem, BoundExpression> Texts { get; } = [];

    /// <summary>The sizes as expressions over fields, in order.</summary>
    public List<(string Name, BoundExpression Value)> Sizes { get; } = [];

    /// <summary>What makes a row undefined, bound over fields.</summary>
    public Dictionary<RowSyntax, IReadOnlyList<BoundExpression>> Unallocated { get; } = [];

    /// <summary>How many parts there are, over fields.</summary>
    public BoundExpression? Parts { get; set; }

    /// <summary>Some row reads its first operand elsewhere than it writes it.</summary>
    public bool HasSources => Rows.Any(r => r.Source is not null);

    /// <summary>Conditions of prefixes, bound over fields and <c>next</c>.</summary>
    public Dictionary<PrefixSyntax, (BoundExpression? When, BoundExpression? Unallocated)> Prefixes { get; } = [];

    public BoundExpression? SibWhen { get; set; }

    public BoundExpression? Displacement { get; set; }

    /// <summary>The prefix that makes <c>rmw</c> atomic.</summary>
    public PrefixSyntax? Lock => Unit.Prefixes.Find(p => p.IsAtomic);

    /// <summary>The prefix that repeats.</summary>
    public PrefixSyntax? Repeat => Unit.Prefixes.Find(p => p.Repeats is not null);

    /// <summary>The copies of a row that exist: with their bodies.</summary>
    public IEnumerable<RowCopy> CopiesOf(RowModel row) => row.Copies.Where(c => Bodies.ContainsKey(c.BodyName));
}
