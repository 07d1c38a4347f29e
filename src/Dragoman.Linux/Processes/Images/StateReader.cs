using System.Text;

namespace Dragoman.Linux.Processes.Images;

/// <summary>Reads what <see cref="StateWriter"/> wrote, in the same order.</summary>
internal sealed class StateReader(byte[] bytes) : IDisposable
{
    private readonly BinaryReader _reader = new(new MemoryStream(bytes), Encoding.Latin1);

    public int ReadInt() => _reader.ReadInt32();

    public ulong ReadULong() => _reader.ReadUInt64();

    public bool ReadBool() => _reader.ReadBoolean();

    public string? ReadText()
    {
        var isThere = _reader.ReadBoolean();
        var text = _reader.ReadString();
        return isThere ? text : null;
    }

    public byte[] ReadBytes() => _reader.ReadBytes(_reader.ReadInt32());

    public List<T> ReadList<T>(Func<T> read)
    {
        var count = _reader.ReadInt32();
        var items = new List<T>(count);
        for (var i = 0; i < count; i++)
        {
            items.Add(read());
        }

        return items;
    }

    public void Dispose() => _reader.Dispose();
}
