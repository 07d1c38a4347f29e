using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;

namespace Dragoman.Litmus.Running;

/// <summary>
/// Runs a test on real vCPU threads through the translator, as litmus7 does on hardware: many iterations, each on variables of its own, begun together
/// or a little apart, with threads and variables shuffled.
/// </summary>
public static class LitmusRunner
{
    /// <summary>Iterations between two looks at the results.</summary>
    internal const int BatchSize = 256;

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a test; returns how often each outcome came up.</summary>
    /// <exception cref="LitmusException">A thread of the test raised an exception, or did not end within <see cref="RunSettings.Patience"/>.</exception>
    public static IReadOnlyDictionary<Outcome, long> Run(LitmusProgram program, RunSettings settings)
    {
        var (cold, hot) = settings.CreateBackends();
        RunState state = new(program, settings);
        using UserMachine machine = new(program.Guest, new RuntimeOptions { RegionLog2 = 32 }, cold, hot, state);
        MapCode(program, machine.Memory);
        state.Arena = new Arena(program, machine.Memory, BatchSize);
        Map(machine.Memory, Arena.Base, (ulong)state.Arena.Bytes, GuestProtection.Read | GuestProtection.Write);
        state.Begin();
        Thread[] threads = [.. Enumerable.Range(0, program.Threads.Count).Select(index => new Thread(() => RunThread(machine, state, index)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Join(machine, state, threads);
        state.Failure?.Throw();
        return state.Histogram;
    }

    // Ends the machine when no iteration ends any more.
    private static void Join(UserMachine machine, RunState state, Thread[] threads)
    {
        int round = state.Together.Round;
        long since = Environment.TickCount64;
        foreach (Thread thread in threads)
        {
            while (!thread.Join(s_glance))
            {
                if (state.Together.Round != round)
                {
                    round = state.Together.Round;
                    since = Environment.TickCount64;
                }
                else if (Environment.TickCount64 - since > state.Settings.Patience.TotalMilliseconds && !machine.IsStopping)
                {
                    state.Together.Break();
                    machine.RequestStop();
                }
            }
        }
    }

    private static void RunThread(UserMachine machine, RunState state, int index)
    {
        try
        {
            Vcpu vcpu = machine.CreateVcpu();
            RunThreadState thread = new(state, vcpu, index);
            vcpu.KernelState = thread;
            if (thread.Start() && machine.Run(vcpu) == KernelResult.ExitProcess)
            {
                state.Fail(new LitmusException($"{state.Program.Test.Path}: thread {thread.Role} has not ended for {state.Settings.Patience.TotalSeconds} s: it may wait for what no other thread writes"));
            }
        }
        catch (Exception error)
        {
            // Reported by the thread that waits for all.
            state.Fail(error);
        }
    }

    private static void MapCode(LitmusProgram program, GuestMemory memory)
    {
        foreach (Assembling.ThreadCode code in program.Threads)
        {
            Map(memory, code.Base, (ulong)code.Bytes.Length, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute);
            if (!memory.TryWrite(code.Base, code.Bytes))
            {
                throw new InvalidOperationException("The code cannot be written.");
            }
        }
    }

    private static void Map(GuestMemory memory, ulong address, ulong length, GuestProtection protection)
    {
        if (memory.Map(address, memory.PageUp(length), protection, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed) != (long)address)
        {
            throw new LitmusException($"guest address 0x{address:x} cannot be mapped");
        }
    }
}
