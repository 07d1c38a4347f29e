using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>The loop that runs one vCPU of a process on its thread: requests, translated code, exceptions.</summary>
internal sealed unsafe partial class ExecutionLoop
{
    private readonly UserMachine _machine;
    private readonly Vcpu _vcpu;
    private readonly VcpuHeader* _header;
    private readonly TbDispatcher _dispatcher;

    public ExecutionLoop(UserMachine machine, Vcpu vcpu)
    {
        _machine = machine;
        _vcpu = vcpu;
        _header = vcpu.Header;
        _dispatcher = new TbDispatcher(machine, vcpu);
    }

    /// <summary>Runs until the kernel or the machine says stop.</summary>
    public KernelResult Run()
    {
        while (true)
        {
            // Clear the poll word with a full fence, then read the requests: a request made after this read sets the word again.
            if (Interlocked.Exchange(ref _header->PollWord, 0) != 0)
            {
                _machine.Scheduler.ProcessQueuedWork(_vcpu);
                _machine.ThrowIfCompilerFailed();
                if (_machine.IsStopping)
                {
                    return KernelResult.ExitProcess;
                }

                if (_machine.Kernel.HandleRequest(_vcpu) is not KernelResult.Continue and var answer)
                {
                    return answer;
                }
            }

            LoopExit exit;
            _machine.Scheduler.ExecStart(_vcpu);
            try
            {
                exit = _dispatcher.Execute();
            }
            finally
            {
                Volatile.Write(ref _header->InTranslatedCode, 0);
                _machine.Scheduler.ExecEnd(_vcpu);
            }

            var result = exit switch
            {
                LoopExit.HostFault => HandleHostFault(),
                LoopExit.Exception => HandleException(),
                LoopExit.OddAddress => Step(),
                LoopExit.ExactFloat => ComputeExactly(),
                _ => KernelResult.Continue,
            };
            if (result != KernelResult.Continue)
            {
                return result;
            }
        }
    }
}
