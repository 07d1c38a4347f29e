namespace Dragoman.Runtime.Execution;

/// <summary>By which instruction firmware is called.</summary>
public enum FirmwareCallKind
{
    /// <summary>A call of the hypervisor (HVC).</summary>
    Hypervisor,

    /// <summary>A call of the secure monitor (SMC).</summary>
    SecureMonitor,
}
