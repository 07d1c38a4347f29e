namespace Dragoman.Runtime.Diagnostics;

/// <summary>The log that <c>-d</c>, <c>-D</c> and <c>--dfilter</c> set up. Any thread may write; each call appears whole.</summary>
public sealed class RuntimeLog : IDisposable
{
    // Guarded by the lock.
    private readonly TextWriter _writer;
    private readonly bool _ownsWriter;
    private readonly Lock _lock = new();

    /// <summary>Creates a log.</summary>
    /// <param name="categories">What is written.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="ranges">Guest addresses that <c>in_asm</c>, <c>op</c>, <c>op_opt</c>, <c>out_asm</c>, <c>exec</c> and <c>cpu</c> are limited to; empty for all.</param>
    /// <param name="ownsWriter">True when <see cref="Dispose"/> closes <paramref name="writer"/>.</param>
    public RuntimeLog(LogCategories categories, TextWriter writer, IReadOnlyList<AddressRange>? ranges = null, bool ownsWriter = false)
    {
        Categories = categories;
        Ranges = ranges ?? [];
        _writer = writer;
        _ownsWriter = ownsWriter;
    }

    /// <summary>What is written.</summary>
    public LogCategories Categories { get; }

    /// <summary>The <c>--dfilter</c> ranges; empty for no filter.</summary>
    public IReadOnlyList<AddressRange> Ranges { get; }

    /// <summary>True when <paramref name="category"/> is written.</summary>
    public bool Has(LogCategories category) => (Categories & category) != 0;

    /// <summary>True when <paramref name="category"/> is written for code at <paramref name="pc"/>.</summary>
    public bool Has(LogCategories category, ulong pc)
    {
        if (!Has(category))
        {
            return false;
        }

        if (Ranges.Count == 0)
        {
            return true;
        }

        foreach (var range in Ranges)
        {
            if (range.Contains(pc))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Names functions of the guest for <c>in_asm</c> and <c>exec</c>, or null. Set before the guest runs.</summary>
    public Func<ulong, string?>? Symbols { get; set; }

    /// <summary>A blank and the name of the function at <paramref name="pc"/>, or nothing when that is not known.</summary>
    public string NameOf(ulong pc) => Symbols?.Invoke(pc) is { } name ? " " + name : "";

    /// <summary>Writes one line (or block of lines).</summary>
    public void WriteLine(string text)
    {
        lock (_lock)
        {
            _writer.WriteLine(text);
            _writer.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsWriter)
        {
            lock (_lock)
            {
                _writer.Dispose();
            }
        }
    }
}
