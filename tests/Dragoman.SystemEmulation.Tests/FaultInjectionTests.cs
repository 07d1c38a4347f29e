using System.IO.Pipes;
using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Machines.Loading;
using Dragoman.Machines.Serial;
using Dragoman.Machines.Virt;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;
using Dragoman.SystemEmulation.Tests.Virt;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.SystemEmulation.Tests;

/// <summary>Whatever throws on a thread of a machine ends the machine, and whoever waits for it hears what the vCPUs were at.</summary>
public sealed class FaultInjectionTests
{
    [BareMetalTheory]
    [InlineData("vcpu")]
    [InlineData("device")]
    [InlineData("work")]
    public void A_vcpus_thread_that_throws_stops_the_machine(string where)
    {
        using var system = new SystemEngine(AArch64System.Create(), new RuntimeOptions { Threads = ThreadModel.Multi }, new InterpreterBackend(), hot: null);
        var board = new TestBoard(system, 4);
        if (where == "device")
        {
            board.OnSerialWrite = () => throw new ArithmeticException("injected");
        }

        using var later = new Timer(
            _ =>
            {
                if (where == "vcpu")
                {
                    system.Scheduler.AsyncRunOnCpu(system.Machine.Vcpus[2], () => throw new ArithmeticException("injected"));
                }
                else if (where == "work")
                {
                    system.Scheduler.AsyncSafeRunOnCpu(system.Machine.Vcpus[0], () => throw new ArithmeticException("injected"));
                }
            },
            null, 200, Timeout.Infinite);
        var error = Assert.Throws<InvalidOperationException>(() => { board.Run(BareMetal.Build("tlbi", where == "device" ? "ROUNDS=1" : "ROUNDS=100000000")); });
        Assert.Contains(where switch { "vcpu" => "CPU 2 failed: injected", _ => "CPU 0 failed: injected" }, error.Message, StringComparison.Ordinal);
        Assert.IsType<ArithmeticException>(error.InnerException);
        Assert.Contains("X30=", error.Message, StringComparison.Ordinal);
    }

    [BareMetalTheory]
    [InlineData(2)]
    [InlineData(4)]
    public void An_alarm_that_throws_stops_the_machine(int cpus)
    {
        using var system = new SystemEngine(AArch64System.Create(), new RuntimeOptions { Threads = ThreadModel.Multi }, new InterpreterBackend(), hot: null);
        VirtOptions options = new() { Cpus = cpus, Memory = 256 << 20 };
        var kernel = KernelFormat.Read(File.ReadAllBytes(BareMetal.Build("tlbi", $"CPUS={cpus}", "ROUNDS=100000000")), VirtMap.Ram, options.Memory);
        using VirtMachine machine = new(system, options, new VirtConnections { Uart = new RecordingPort() }, BootPlan.Make(options, kernel, default));
        system.Machine.BigLock.Enter();
        machine.Clock.CreateAlarm(() => throw new ArithmeticException("injected")).Set(machine.Clock.Nanoseconds + 200_000_000);
        system.Machine.BigLock.Exit();
        using Timer watchdog = new(_ => system.Stop(124), null, TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        var error = Assert.Throws<InvalidOperationException>(() => { machine.Run(); });
        Assert.Contains("A timer failed: injected", error.Message, StringComparison.Ordinal);
        Assert.Contains($"CPU {cpus - 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains("X30=", error.Message, StringComparison.Ordinal);
    }

    [BareMetalTheory]
    [InlineData(2)]
    public void Input_that_throws_stops_the_machine(int cpus)
    {
        using var system = new SystemEngine(AArch64System.Create(), new RuntimeOptions { Threads = ThreadModel.Multi }, new InterpreterBackend(), hot: null);
        VirtOptions options = new() { Cpus = cpus, Memory = 256 << 20 };
        using AnonymousPipeServerStream typist = new(PipeDirection.Out);
        using AnonymousPipeClientStream input = new(PipeDirection.In, typist.ClientSafePipeHandle);
        using Terminal terminal = new(
            system.Machine.BigLock, input, Stream.Null, () => throw new ArithmeticException("injected"), error => system.Fail("The terminal", error));
        var kernel = KernelFormat.Read(File.ReadAllBytes(BareMetal.Build("tlbi", $"CPUS={cpus}", "ROUNDS=100000000")), VirtMap.Ram, options.Memory);
        using VirtMachine machine = new(system, options, new VirtConnections { Uart = terminal }, BootPlan.Make(options, kernel, default));
        using Timer later = new(_ => typist.Write([1, (byte)'x']), null, 200, Timeout.Infinite);
        using Timer watchdog = new(_ => system.Stop(124), null, TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        var error = Assert.Throws<InvalidOperationException>(() => { machine.Run(); });
        Assert.Contains("The terminal failed: injected", error.Message, StringComparison.Ordinal);
        Assert.Contains("X30=", error.Message, StringComparison.Ordinal);
    }
}
