namespace Dragoman.Machines.Serial;

/// <summary>Finds what a user types for the monitor among what is for the guest: Ctrl-A, then a key.</summary>
/// <param name="quit">For x.</param>
/// <param name="help">For h or ?.</param>
internal sealed class TerminalEscape(Action quit, Action help)
{
    private const byte ControlA = 1;

    private bool _isEscaped;

    /// <summary>Takes a byte; what the guest gets of it, or null.</summary>
    public byte? Take(byte value)
    {
        if (!_isEscaped)
        {
            _isEscaped = value == ControlA;
            return _isEscaped ? null : value;
        }

        _isEscaped = false;
        switch (value)
        {
            case (byte)'x':
                quit();
                return null;
            case (byte)'h' or (byte)'?':
                help();
                return null;
            case ControlA:
                return ControlA;
            default:
                return null;
        }
    }
}
