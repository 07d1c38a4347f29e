using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes one instruction at a time on a vCPU of this project with one backend. For one thread.</summary>
/// <typeparam name="TState">The registers and scratch memory that an instruction sees.</typeparam>
public abstract unsafe class WitnessMachine<TState> : IDisposable
{
    private readonly Kernel _kernel = new();
    private readonly UserMachine _machine;
    private readonly Vcpu _vcpu;
    private readonly ulong _slot;
    private readonly ulong _scratch;
    private readonly uint _systemCall;

    /// <param name="guest">The guest.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="slot">Guest address of the instruction.</param>
    /// <param name="scratch">Guest address of the scratch memory; a page before it and two after it are mapped.</param>
    /// <param name="systemCall">The system call instruction, which ends a trial.</param>
    protected WitnessMachine(IGuest guest, ITcgBackend backend, ulong slot, ulong scratch, uint systemCall)
    {
        (_slot, _scratch, _systemCall) = (slot, scratch, systemCall);
        _machine = new UserMachine(guest, new RuntimeOptions { RegionLog2 = 32 }, backend, null, _kernel);
        const GuestMapFlags Flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed;
        const GuestProtection ReadWrite = GuestProtection.Read | GuestProtection.Write;
        ulong page = (ulong)guest.PageSize;
        _machine.Memory.Map(slot & ~(page - 1), page, ReadWrite | GuestProtection.Execute, Flags);
        _machine.Memory.Map(scratch - page, 4 * page, ReadWrite, Flags);
        _vcpu = _machine.CreateVcpu();
    }

    /// <summary>The state after an instruction.</summary>
    protected TState Execute(uint word, TState before)
    {
        SetCode(word);
        Load(_vcpu, before);
        _vcpu.Pc = _slot;
        _kernel.Signal = 0;
        _machine.Run(_vcpu);
        return Capture(_vcpu, _kernel.Signal);
    }

    public void Dispose()
    {
        _machine.RemoveVcpu(_vcpu);
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts a state into the vCPU and the scratch memory.</summary>
    protected abstract void Load(Vcpu vcpu, TState state);

    /// <summary>Takes it out again, with Linux's number of the signal that the instruction caused, or 0.</summary>
    protected abstract TState Capture(Vcpu vcpu, ulong signal);

    /// <summary>So much of the scratch memory.</summary>
    protected Span<byte> Scratch(int bytes) => new(_machine.Memory.Base + _scratch, bytes);

    private void SetCode(uint word)
    {
        _machine.CodePages.PrepareKernelWrite(_slot, 8);
        uint* code = (uint*)(_machine.Memory.Base + _slot);
        code[0] = word;
        code[1] = _systemCall;
        _machine.CodePages.Invalidate(_slot, 8);
    }

    /// <summary>Stops at the system call after the instruction, or at the exception that the instruction is.</summary>
    private sealed class Kernel : IGuestKernel
    {
        public ulong Signal { get; set; }

        public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
        {
            Signal = exception.Kind switch
            {
                ExceptionKind.Syscall => 0,
                ExceptionKind.IllegalInstruction => 4,
                ExceptionKind.Breakpoint => 5,
                ExceptionKind.Arithmetic => 8,
                ExceptionKind.AlignmentFault or ExceptionKind.PcAlignment => 7,
                ExceptionKind.MemoryFault => (ulong)exception.Signal,
                _ => 100 + (ulong)exception.Kind,
            };
            return KernelResult.ExitThread;
        }

        public KernelResult HandleRequest(Vcpu vcpu) => KernelResult.Continue;
    }
}
