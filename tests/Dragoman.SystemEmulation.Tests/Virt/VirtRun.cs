using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Machines.Loading;
using Dragoman.Machines.Virt;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.SystemEmulation.Tests.Virt;

/// <summary>Runs a program on the virt machine of Dragoman.Machines.</summary>
internal static class VirtRun
{
    /// <summary>Its exit status and what it sent; status 124 when it did not end.</summary>
    public static (int Status, string Output) Run(string program, VirtOptions options, string engine)
    {
        RuntimeOptions runtime = new() { Threads = engine == "single" ? ThreadModel.Single : ThreadModel.Multi, HotThreshold = engine == "auto" ? 16 : 64 };
        ITcgBackend cold = engine == "hot" ? new IlBackend() : new InterpreterBackend();
        using SystemEngine system = new(AArch64System.Create(), runtime, cold, engine is "auto" or "single" ? new IlBackend() : null);
        RecordingPort port = new();
        var kernel = KernelFormat.Read(File.ReadAllBytes(program), VirtMap.Ram, options.Memory);
        using VirtMachine machine = new(system, options, new VirtConnections { Uart = port }, BootPlan.Make(options, kernel, default));
        using Timer watchdog = new(_ => system.Stop(124), null, TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        return (machine.Run(), port.Output);
    }
}
