using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>A machine with a code page at 0x10000 and eight data pages at 0x20000.</summary>
internal sealed class TinyMachine : IDisposable
{
    public const ulong Code = 0x10000;
    public const ulong Data = 0x20000;

    public TinyMachine(
        Engine engine,
        TinyProgram program,
        TinyKernel? kernel = null,
        RuntimeOptions? options = null,
        ITcgBackend? cold = null,
        ITcgBackend? hot = null,
        GuestProtection codeProtection = GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute)
    {
        Kernel = kernel ?? new TinyKernel();
        Machine = new UserMachine(TinyGuest.Instance, options ?? new RuntimeOptions { RegionLog2 = 40 }, cold ?? Cold(engine), hot ?? Hot(engine), Kernel);
        Map(Code, 8 * 4096, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute);
        Map(Data, 8 * 4096, GuestProtection.Read | GuestProtection.Write);
        Assert.True(Machine.Memory.TryWrite(Code, program.ToArray()));
        Assert.Equal(0, Machine.Memory.Protect(Code, 8 * 4096, codeProtection));
    }

    public static ITcgBackend Cold(Engine engine) => engine switch
    {
        Engine.Tiny => new TinyBackend(),
        Engine.Il => new IlBackend(),
        _ => new InterpreterBackend(),
    };

    public static ITcgBackend? Hot(Engine engine) => engine == Engine.Auto ? new IlBackend() : null;

    public UserMachine Machine { get; }

    public TinyKernel Kernel { get; }

    public void Map(ulong address, ulong length, GuestProtection protection) =>
        Assert.Equal((long)address, Machine.Memory.Map(address, length, protection, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed));

    public Vcpu CreateVcpu(ulong pc = Code)
    {
        var vcpu = Machine.CreateVcpu();
        vcpu.Pc = pc;
        return vcpu;
    }

    /// <summary>Runs a new vCPU from a PC on this thread until it stops.</summary>
    public Vcpu Run(ulong pc = Code)
    {
        var vcpu = CreateVcpu(pc);
        Machine.Run(vcpu);
        return vcpu;
    }

    /// <summary>Runs vCPUs on threads of their own and waits for all; throws what one of them threw.</summary>
    public void RunAll(params Vcpu[] vcpus)
    {
        var errors = new Exception?[vcpus.Length];
        var threads = vcpus.Select((vcpu, i) => new Thread(() =>
        {
            try
            {
                Machine.Run(vcpu);
            }
            catch (Exception error)
            {
                errors[i] = error;
                Machine.RequestStop();
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a vCPU did not stop within a minute");
        }

        Assert.All(errors, Assert.Null);
    }

    public ulong Read(ulong address)
    {
        Assert.True(Machine.Memory.TryRead(address, out ulong value));
        return value;
    }

    public void Dispose() => Machine.Dispose();
}
