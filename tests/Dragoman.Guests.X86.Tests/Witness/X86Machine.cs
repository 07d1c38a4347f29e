using System.Runtime.InteropServices;
using Dragoman.Guests.X86;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>Executes instructions on a vCPU of this project, up to the breakpoint behind them or an exception. For one thread.</summary>
public sealed unsafe class X86Machine : IDisposable
{
    /// <summary>Where the code is; the page behind it is not mapped.</summary>
    public const ulong Slot = 0x1000_0000;

    /// <summary>Bytes of it.</summary>
    public const int SlotSize = 0x1000;

    private const byte Int3 = 0xCC;
    private const GuestMapFlags Flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed;
    private const GuestProtection ReadWrite = GuestProtection.Read | GuestProtection.Write;

    private readonly Kernel _kernel = new();
    private readonly UserMachine _machine;
    private readonly Vcpu _vcpu;
    private readonly X86Registers _registers;

    /// <param name="undefined">What translated code writes to flags that the manual leaves undefined: 0 or 1.</param>
    /// <param name="isOneInstruction">Each instruction is a TB.</param>
    /// <param name="cpu">Another model than <c>max</c>.</param>
    public X86Machine(ITcgBackend backend, int undefined, bool isOneInstruction = false, CpuModel? cpu = null)
    {
        var options = new RuntimeOptions { RegionLog2 = 32, OneInsnPerTb = isOneInstruction };
        _machine = new UserMachine(X86Guest.Intel64WithUndefined(undefined).WithCpu(cpu ?? X86Guest.Intel64.Cpu), options, backend, null, _kernel);
        Map(Slot);
        _machine.Memory.Map(X86State.Scratch, X86State.ScratchSize, ReadWrite, Flags);
        _vcpu = _machine.CreateVcpu();
        _registers = new X86Registers((nint)_vcpu.Env);
    }

    /// <summary>What execution stopped at.</summary>
    public GuestException Last => _kernel.Last;

    public ulong Pc => _vcpu.Pc;

    /// <summary>The state after the code.</summary>
    public X86State Execute(byte[] code, X86State before)
    {
        before.Memory.CopyTo(Scratch);
        _registers.Set(before);
        Run(code);
        X86State after = _registers.Get();
        after.Raised = Last.Kind != ExceptionKind.Breakpoint;
        Scratch.CopyTo(after.Memory);
        return after;
    }

    /// <summary>Executes the code on the registers as they are.</summary>
    public void Run(byte[] code)
    {
        Span<byte> slot = stackalloc byte[32];
        slot.Fill(Int3);
        code.CopyTo(slot);
        Write(Slot, slot);
        RunAt(Slot);
    }

    /// <summary>Executes what stands at an address.</summary>
    public void RunAt(ulong pc)
    {
        _vcpu.Pc = pc;
        X86Guest.Intel64.FpEnvironment!.Load(_vcpu.Env);
        _machine.Run(_vcpu);
        X86Guest.Intel64.FpEnvironment!.Store(_vcpu.Env);
    }

    /// <summary>Writes code.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> code)
    {
        _machine.CodePages.PrepareKernelWrite(address, (ulong)code.Length);
        code.CopyTo(new Span<byte>(_machine.Memory.Base + address, code.Length));
        _machine.CodePages.Invalidate(address, (ulong)code.Length);
    }

    /// <summary>Maps a page of code.</summary>
    public void Map(ulong address) => _machine.Memory.Map(address, SlotSize, ReadWrite | GuestProtection.Execute, Flags);

    /// <summary>Every register as after a reset.</summary>
    public void Clear()
    {
        foreach (Runtime.Guests.GuestRegister register in X86Guest.Intel64.Registers)
        {
            _vcpu.RegisterBytes(register.Name).Clear();
        }

        X86Guest.Intel64.Reset(_vcpu.Env);
    }

    /// <summary>Bits of a register.</summary>
    public UInt128 GetRegister(string name, int low = 0, int width = 64) => Read(name) >> low & Ones(width);

    /// <summary>Replaces bits of a register.</summary>
    public void SetRegister(string name, int low, int width, UInt128 value)
    {
        Span<byte> bytes = _vcpu.RegisterBytes(name);
        UInt128 whole = Read(name) & ~(Ones(width) << low) | (value & Ones(width)) << low;
        MemoryMarshal.AsBytes(new Span<UInt128>(ref whole))[..bytes.Length].CopyTo(bytes);
    }

    public void Dispose()
    {
        _machine.RemoveVcpu(_vcpu);
        _machine.Dispose();
    }

    private Span<byte> Scratch => new(_machine.Memory.Base + X86State.Scratch, X86State.ScratchSize);

    private UInt128 Read(string name)
    {
        UInt128 value = 0;
        _vcpu.RegisterBytes(name).CopyTo(MemoryMarshal.AsBytes(new Span<UInt128>(ref value)));
        return value;
    }

    private static UInt128 Ones(int width) => width >= 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;

    /// <summary>Stops at the breakpoint behind the code, or at the exception that it is.</summary>
    private sealed class Kernel : IGuestKernel
    {
        public GuestException Last { get; private set; }

        public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
        {
            Last = exception;
            return KernelResult.ExitThread;
        }

        public KernelResult HandleRequest(Vcpu vcpu) => KernelResult.Continue;
    }
}
