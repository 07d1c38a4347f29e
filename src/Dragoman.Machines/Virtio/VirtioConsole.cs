using Dragoman.Machines.Serial;

namespace Dragoman.Machines.Virtio;

/// <summary>A console of one port.</summary>
/// <remarks>VIRTIO 1.2, section 5.3.</remarks>
public sealed class VirtioConsole : VirtioDevice
{
    private const int Receive = 0, Send = 1;

    private readonly ISerialPort _port;

    // What the port had no room for yet.
    private VirtChain? _sending;

    /// <summary>Creates a console.</summary>
    /// <param name="port">Where its line ends.</param>
    public VirtioConsole(ISerialPort port)
    {
        _port = port;
        port.Arrived = () => Kick(Receive);
        port.Emptied = () => Kick(Send);
    }

    /// <inheritdoc/>
    public override uint Id => 3;

    /// <inheritdoc/>
    public override int Queues => 2;

    /// <inheritdoc/>
    internal override void Serve(int queue)
    {
        if (queue == Receive)
        {
            FillBuffers();
            return;
        }

        SendBuffers();
    }

    /// <inheritdoc/>
    internal override void Reset() => _sending = null;

    // A buffer is given back when all of it is on its way.
    private void SendBuffers()
    {
        Span<byte> bytes = stackalloc byte[256];
        while (!_port.IsFull && (_sending ??= Rings[Send].Take()) is { } chain)
        {
            if (chain.Read(bytes) is > 0 and var size)
            {
                _port.Write(bytes[..size]);
            }
            else
            {
                _sending = null;
                Rings[Send].Complete(chain);
            }
        }
    }

    // A buffer is given back with what has come by then, and only if something has.
    private void FillBuffers()
    {
        while (_port.CanRead && Rings[Receive].Take() is { } chain)
        {
            while (chain.Room > 0 && _port.TryRead(out var value))
            {
                _ = chain.Write([value]);
            }

            Rings[Receive].Complete(chain);
        }
    }
}
