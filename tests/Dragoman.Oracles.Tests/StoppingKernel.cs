using Dragoman.Runtime.Execution;

namespace Dragoman.Oracles.Tests;

/// <summary>A kernel whose guests end with their first exception, which it keeps.</summary>
internal sealed class StoppingKernel : IGuestKernel
{
    public GuestException Exception { get; private set; }

    public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
    {
        Exception = exception;
        return KernelResult.ExitThread;
    }

    public KernelResult HandleRequest(Vcpu vcpu) => KernelResult.Continue;
}
