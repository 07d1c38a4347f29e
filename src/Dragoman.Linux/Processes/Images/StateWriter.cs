using System.Text;

namespace Dragoman.Linux.Processes.Images;

/// <summary>Writes the state that one Dragoman leaves for the next. Both are the same program, so the format has no version and no stable form.</summary>
internal sealed class StateWriter : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly BinaryWriter _writer;

    public StateWriter() => _writer = new BinaryWriter(_stream, Encoding.Latin1, leaveOpen: true);

    public void Write(int value) => _writer.Write(value);

    public void Write(ulong value) => _writer.Write(value);

    public void Write(bool value) => _writer.Write(value);

    public void Write(string? value)
    {
        _writer.Write(value is not null);
        _writer.Write(value ?? "");
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _writer.Write(bytes.Length);
        _writer.Write(bytes);
    }

    public void Write<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        _writer.Write(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }

    /// <summary>All that has been written.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        _writer.Flush();
        return _stream.GetBuffer().AsSpan(0, (int)_stream.Length);
    }

    public void Dispose() => _writer.Dispose();
}
