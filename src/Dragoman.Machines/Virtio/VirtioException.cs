namespace Dragoman.Machines.Virtio;

/// <summary>The driver has given a device something that the specification does not allow; the device needs a reset.</summary>
internal sealed class VirtioException(string message) : Exception(message);
