using Dragoman.Machines.Firmware;
using Dragoman.Machines.Serial;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Virt;

/// <summary>A vCPU in a semihosting call: what it prints goes where the UART's line ends.</summary>
internal sealed class SemihostedVcpu(SystemVcpu vcpu, ISerialPort console, Action<int> exit) : ISemihostedCpu
{
    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> bytes) => vcpu.TryReadMemory(address, bytes);

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes) => vcpu.TryWriteMemory(address, bytes);

    /// <inheritdoc/>
    public void Print(ReadOnlySpan<byte> bytes) => console.Write(bytes);

    /// <inheritdoc/>
    public void Exit(int status) => exit(status);
}
