using System.Security.Cryptography;

namespace Dragoman.Machines.Virtio;

/// <summary>A source of random bytes: the host's.</summary>
/// <remarks>VIRTIO 1.2, section 5.4.</remarks>
public sealed class VirtioEntropy : VirtioDevice
{
    private const int LargestAnswer = 1 << 16;

    /// <inheritdoc/>
    public override uint Id => 4;

    /// <inheritdoc/>
    public override int Queues => 1;

    /// <inheritdoc/>
    internal override void Serve(int queue)
    {
        while (Rings[queue].Take() is { } chain)
        {
            var bytes = new byte[Math.Min(chain.Room, LargestAnswer)];
            RandomNumberGenerator.Fill(bytes);
            _ = chain.Write(bytes);
            Rings[queue].Complete(chain);
        }
    }
}
