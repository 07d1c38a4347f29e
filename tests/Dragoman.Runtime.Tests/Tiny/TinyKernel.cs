using System.Collections.Concurrent;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>System call 0 exits the thread, 1 the process; others are the test's. Any other exception is recorded and ends the thread, unless the test handles it.</summary>
internal sealed class TinyKernel : IGuestKernel
{
    public Func<Vcpu, int, KernelResult> OnSyscall { get; init; } = (_, number) => throw new InvalidOperationException($"system call {number}");

    public Func<Vcpu, GuestException, KernelResult> OnException { get; init; } = (_, _) => KernelResult.ExitThread;

    public Func<Vcpu, KernelResult> OnRequest { get; init; } = _ => KernelResult.Continue;

    public ConcurrentQueue<GuestException> Exceptions { get; } = [];

    public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
    {
        if (exception.Kind == ExceptionKind.Syscall)
        {
            return exception.Argument switch
            {
                0 => KernelResult.ExitThread,
                1 => KernelResult.ExitProcess,
                _ => OnSyscall(vcpu, (int)exception.Argument),
            };
        }

        Exceptions.Enqueue(exception);
        return OnException(vcpu, exception);
    }

    public KernelResult HandleRequest(Vcpu vcpu) => OnRequest(vcpu);
}
