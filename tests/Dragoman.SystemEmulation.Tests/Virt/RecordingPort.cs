using System.Text;
using Dragoman.Machines.Serial;

namespace Dragoman.SystemEmulation.Tests.Virt;

/// <summary>A line that remembers what a guest sent. Guarded by the big lock while the machine runs.</summary>
internal sealed class RecordingPort : ISerialPort
{
    private readonly StringBuilder _output = new();

    public Action? Arrived { get; set; }

    public bool CanRead => false;

    public string Output => _output.ToString();

    public void Write(ReadOnlySpan<byte> bytes) => _output.Append(Encoding.Latin1.GetString(bytes));

    public bool TryRead(out byte value)
    {
        value = 0;
        return false;
    }
}
