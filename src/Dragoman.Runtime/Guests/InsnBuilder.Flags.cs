using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// What is known while translating of where the flags came from. The flags themselves are always written: the optimizer drops dead ones.
public unsafe partial class InsnBuilder
{
    private readonly Temp[] _operands = new Temp[4];
    private int _producer;
    private int _producerWidth;
    private (int Producer, int Width, Temp A, Temp B, Temp C, Temp D) _producedNow;
    private bool _flagsWritten;

    /// <summary>Whether the flags at entry were last set by this producer at this width.</summary>
    public bool After(int producer, int width) => _producer == producer && _producerWidth == width;

    /// <summary>An operand of the producer that set the flags at entry.</summary>
    public Temp Operand(int index) => _operands[index];

    /// <summary>Remembers that the flags just written came from this producer.</summary>
    public void Produced(int producer, int width, Temp a, Temp b = default, Temp c = default, Temp d = default)
    {
        // Under a run-time condition the flags come from one side or the other.
        _producedNow = _frames.Count == 0 ? (producer, width, a, b, c, d) : default;
        _flagsWritten = false;
    }

    private void ForgetFlags()
    {
        _producer = 0;
        _operands.AsSpan().Clear();
    }

    // Behind a label the temps of the block before are gone.
    private void ForgetFlagsOfBlock()
    {
        foreach (Temp operand in _operands)
        {
            if (operand.IsValid && _tcg.Info(operand).Kind == TempKind.Ebb)
            {
                ForgetFlags();
                return;
            }
        }
    }

    private void CommitFlagsKnowledge()
    {
        if (_producedNow.Producer != 0 && !_flagsWritten)
        {
            _producer = _producedNow.Producer;
            _producerWidth = _producedNow.Width;
            (_operands[0], _operands[1], _operands[2], _operands[3]) = (_producedNow.A, _producedNow.B, _producedNow.C, _producedNow.D);
        }
        else if (_writes.Exists(w => !w.IsMemory && _isFlag[w.Key]))
        {
            ForgetFlags();
        }

        // An operand that is a register keeps the value that it has now.
        for (int i = 0; i < _operands.Length; i++)
        {
            if (_operands[i].IsValid && IsOverwrittenGlobal(_operands[i]))
            {
                _operands[i] = Copy(_operands[i]);
            }
        }
    }
}
