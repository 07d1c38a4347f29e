using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Virtio;

/// <summary>A device behind a virtio transport. Guarded by the big lock.</summary>
/// <remarks>Virtual I/O Device (VIRTIO) 1.2, chapter 5.</remarks>
[UnderBigLock]
public abstract class VirtioDevice
{
    /// <summary>Device ID (chapter 5).</summary>
    public abstract uint Id { get; }

    /// <summary>How many queues it has.</summary>
    public abstract int Queues { get; }

    /// <summary>Features of its own that it offers.</summary>
    public virtual ulong Features => 0;

    /// <summary>Its configuration, as it lies in memory.</summary>
    public virtual byte[] Configuration => [];

    /// <summary>Its queues, once it is behind a transport.</summary>
    internal VirtQueue[] Rings { get; set; } = [];

    /// <summary>Serves the buffers of a queue that the driver has notified about.</summary>
    /// <exception cref="VirtioException">The driver's fault.</exception>
    internal abstract void Serve(int queue);

    /// <summary>The driver has reset the device: what was taken of its queues is forgotten.</summary>
    internal virtual void Reset()
    {
    }

    /// <summary>Set by the transport: serves a queue outside of a notification of the driver.</summary>
    internal Action<int> Kick { get; set; } = _ => { };
}
