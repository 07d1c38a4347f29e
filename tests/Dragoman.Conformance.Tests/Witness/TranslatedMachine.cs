using Dragoman.Guests.AArch64;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes trials on a vCPU of this project with one backend. For one thread.</summary>
public sealed unsafe class TranslatedMachine : IDisposable
{
    private const uint Svc = 0xD4000001;

    private static readonly string[] s_flags = ["NZCV.N", "NZCV.Z", "NZCV.C", "NZCV.V"];

    private readonly Kernel _kernel = new();
    private readonly UserMachine _machine;
    private readonly Vcpu _vcpu;

    public TranslatedMachine(ITcgBackend backend)
    {
        _machine = new UserMachine(AArch64Guest.Instance, new RuntimeOptions { RegionLog2 = 32 }, backend, null, _kernel);
        const GuestMapFlags Flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed;
        const GuestProtection ReadWrite = GuestProtection.Read | GuestProtection.Write;
        _machine.Memory.Map(MachineState.Slot & ~0xFFFUL, 0x1000, ReadWrite | GuestProtection.Execute, Flags);
        _machine.Memory.Map(MachineState.Scratch - 0x1000, 0x4000, ReadWrite, Flags);
        _vcpu = _machine.CreateVcpu();
    }

    /// <summary>The state after a trial.</summary>
    public MachineState Execute(Trial trial)
    {
        SetCode(trial.Word);
        MachineState state = trial.Before;
        state.Memory.CopyTo(Scratch);
        for (int i = 0; i < 31; i++)
        {
            _vcpu.SetRegister($"X{i}", state[i]);
        }

        for (int i = 0; i < 32; i++)
        {
            state.Vector(i).CopyTo(_vcpu.RegisterBytes($"V{i}"));
        }

        _vcpu.SetRegister("SP", state.Sp);
        for (int i = 0; i < 4; i++)
        {
            _vcpu.SetRegister(s_flags[i], state.Nzcv >> (31 - i) & 1);
        }

        _vcpu.SetRegister("FPCR", state.Fpcr);
        _vcpu.SetRegister("FPSR", state.Fpsr);
        GuestState.Layout.FpEnvironment!.Load(_vcpu.Env);
        _vcpu.Pc = MachineState.Slot;
        _kernel.Signal = 0;
        _machine.Run(_vcpu);
        return Capture();
    }

    public void Dispose()
    {
        _machine.RemoveVcpu(_vcpu);
        _machine.Dispose();
    }

    private Span<byte> Scratch => new(_machine.Memory.Base + MachineState.Scratch, MachineState.ScratchSize);

    private void SetCode(uint word)
    {
        _machine.CodePages.PrepareKernelWrite(MachineState.Slot, 8);
        uint* code = (uint*)(_machine.Memory.Base + MachineState.Slot);
        code[0] = word;
        code[1] = Svc;
        _machine.CodePages.Invalidate(MachineState.Slot, 8);
    }

    private MachineState Capture()
    {
        var state = new MachineState { Signal = _kernel.Signal };
        for (int i = 0; i < 31; i++)
        {
            state[i] = _vcpu.GetRegister($"X{i}");
        }

        for (int i = 0; i < 32; i++)
        {
            _vcpu.RegisterBytes($"V{i}").CopyTo(state.Vector(i));
        }

        state.Sp = _vcpu.GetRegister("SP");
        for (int i = 0; i < 4; i++)
        {
            state.Nzcv |= _vcpu.GetRegister(s_flags[i]) << (31 - i);
        }

        GuestState.Layout.FpEnvironment!.Store(_vcpu.Env);
        state.Fpcr = _vcpu.GetRegister("FPCR");
        state.Fpsr = _vcpu.GetRegister("FPSR");
        Scratch.CopyTo(state.Memory);
        return state;
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
                ExceptionKind.AlignmentFault or ExceptionKind.PcAlignment => 7,
                ExceptionKind.MemoryFault => (ulong)exception.Signal,
                _ => 100 + (ulong)exception.Kind,
            };
            return KernelResult.ExitThread;
        }

        public KernelResult HandleRequest(Vcpu vcpu) => KernelResult.Continue;
    }
}
