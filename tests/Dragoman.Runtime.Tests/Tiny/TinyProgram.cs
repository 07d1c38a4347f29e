namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>Assembles tiny code at a guest address.</summary>
internal sealed class TinyProgram(ulong start)
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int At, string Label)> _fixups = [];

    public ulong Here => start + (ulong)_bytes.Count;

    public TinyProgram Label(string name)
    {
        _labels.Add(name, _bytes.Count);
        return this;
    }

    public ulong AddressOf(string label) => start + (ulong)_labels[label];

    public TinyProgram Op(TinyOp op, int a = 0, int b = 0, int c = 0)
    {
        _bytes.AddRange([(byte)op, (byte)a, (byte)b, (byte)c]);
        return this;
    }

    public TinyProgram Set(int register, int value) => Op(TinyOp.MoveImmediate, register, value & 0xFF, value >> 8);

    public TinyProgram Branch(string label) => To(TinyOp.Branch, 0, label);

    public TinyProgram BranchNotZero(int register, string label) => To(TinyOp.BranchNotZero, register, label);

    public static uint Encode(TinyOp op, int a = 0, int b = 0, int c = 0) => (uint)op | ((uint)a << 8) | ((uint)b << 16) | ((uint)c << 24);

    public byte[] ToArray()
    {
        var bytes = _bytes.ToArray();
        foreach (var (at, label) in _fixups)
        {
            var distance = (_labels[label] - at) / 4;
            bytes[at + 2] = (byte)distance;
            bytes[at + 3] = (byte)(distance >> 8);
        }

        return bytes;
    }

    private TinyProgram To(TinyOp op, int register, string label)
    {
        _fixups.Add((_bytes.Count, label));
        return Op(op, register);
    }
}
