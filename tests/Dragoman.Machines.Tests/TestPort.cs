using System.Text;
using Dragoman.Machines.Serial;

namespace Dragoman.Machines.Tests;

/// <summary>A line that remembers what was sent and gives what a test puts in.</summary>
internal sealed class TestPort : ISerialPort
{
    private readonly Queue<byte> _input = [];
    private readonly List<byte> _output = [];

    public Action? Arrived { get; set; }

    public Action? Emptied { get; set; }

    public bool IsFull { get; set; }

    public bool CanRead => _input.Count > 0;

    public string Output => Encoding.Latin1.GetString([.. _output]);

    public void Write(ReadOnlySpan<byte> bytes) => _output.AddRange(bytes);

    public bool TryRead(out byte value) => _input.TryDequeue(out value);

    public void Type(string text)
    {
        foreach (var value in Encoding.Latin1.GetBytes(text))
        {
            _input.Enqueue(value);
        }

        Arrived?.Invoke();
    }
}
