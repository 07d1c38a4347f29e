using Dragoman.Machines.Serial;

namespace Dragoman.Machines.Virtio;

/// <summary>A console of one port.</summary>
/// <remarks>VIRTIO 1.2, section 5.3.</remarks>
public sealed class VirtioConsole : VirtioDevice
{
    private const int Receive = 0;

    private readonly ISerialPort _port;

    /// <summary>Creates a console.</summary>
    /// <param name="port">Where its line ends.</param>
    public VirtioConsole(ISerialPort port)
    {
        _port = port;
        port.Arrived = () => Kick(Receive);
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

        Span<byte> bytes = stackalloc byte[256];
        while (Rings[queue].Take() is { } chain)
        {
            while (chain.Read(bytes) is > 0 and var size)
            {
                _port.Write(bytes[..size]);
            }

            Rings[queue].Complete(chain);
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
