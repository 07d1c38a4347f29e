using System.Collections;
using Dragoman.Linux.Processes;
using Dragoman.Oracles;
using Dragoman.Oracles.Engine;
using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Cli;

/// <summary>Carries out <c>dragoman run</c>.</summary>
internal static class RunProgram
{
    /// <summary>Names, separated by commas, of what the launcher has set for this process and not for the guest.</summary>
    private const string OwnVariables = "DRAGOMAN_OWN_VARIABLES";

    /// <summary>Twice what a static C program needs to greet and end.</summary>
    private const int WarmUpDispatches = 15_000;

    // A region takes RyuJIT some 3 ms, in which the interpreter runs 20,000 TBs: what has not run hundreds of times would be compiled at a loss.
    private const int HotThreshold = 512;

    /// <summary>Runs the program; returns the guest's exit status, or what stands for its signal.</summary>
    public static int Start(RunOptions options)
    {
        if (options.LogItems.Split(',').Contains("help"))
        {
            Console.WriteLine(LogSetup.Help);
            return 0;
        }

        if (options.Cpu is "help" or "?")
        {
            Console.Write(Guests.CpuHelp);
            return 0;
        }

        if (options.Program.Length == 0)
        {
            throw new CommandException("run: which program? See 'dragoman run --help'");
        }

        LogCategories categories = LogSetup.Parse(options.LogItems);
        if (options.Strace)
        {
            categories |= LogCategories.Strace;
        }

        using RuntimeLog? log = LogSetup.Create(categories, options.LogFile, options.LogFilter, goesOn: options.TakeUp >= 0);
        try
        {
            return LinuxProcess.Run(CreateProcess(options, categories, log));
        }
        catch (LockstepException difference)
        {
            // What lockstep is for: its report, of many lines, is the program's result.
            Console.Error.WriteLine(difference.Message);
            return LinuxProcess.InternalErrorStatus;
        }
    }

    private static LinuxOptions CreateProcess(RunOptions options, LogCategories categories, RuntimeLog? log) => new()
    {
        Program = options.Program,
        Arguments = [options.Argv0 ?? options.Program, .. options.Arguments],
        Environment = GuestEnvironment(options.Environment),
        Prefix = options.Prefix,
        Strace = (categories & LogCategories.Strace) != 0,
        Runtime = new RuntimeOptions
        {
            Threads = options.SingleThread || options.Backend == "lockstep" ? ThreadModel.Single : ThreadModel.Multi,
            OneInsnPerTb = options.OneInstructionPerTb,
            Chain = (categories & LogCategories.NoChain) == 0,
            WarmUpDispatches = WarmUpDispatches,
            HotThreshold = HotThreshold,
            Log = log,
        },
        FindGuest = machine => Guests.ForMachine(machine, options.Cpu),
        CreateBackends = guest => options.Backend == "lockstep" ? (CreateLockstep(guest), null) : CreateBackends(options.Backend),
        Relaunch = Relaunch(options),
        TakeUp = options.TakeUp,
        Ended = options.Statistics ? machine => Console.Error.Write(machine.Statistics.Format()) : null,
    };

    /// <summary>The backends that <c>--backend</c> names, but for lockstep.</summary>
    public static (ITcgBackend Cold, ITcgBackend? Hot) CreateBackends(string name) => name switch
    {
        "interpreter" => (new InterpreterBackend(), null),
        "il" => (new IlBackend(), null),
        _ => (new InterpreterBackend(), new IlBackend()),
    };

    /// <summary>Every engine side by side, the guest's oracle first where it has one.</summary>
    private static LockstepBackend CreateLockstep(IGuest guest)
    {
        ITcgBackend[] engines = [new InterpreterBackend(), new IlBackend()];
        return new LockstepBackend(GuestOracle.Of(guest) is { } oracle ? [new OracleBackend(oracle, guest), .. engines] : engines);
    }

    private static List<string> GuestEnvironment(string[] changes)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        if (variables.Remove(OwnVariables, out string? own))
        {
            foreach (string name in own.Split(','))
            {
                variables.Remove(name);
            }
        }

        foreach (string change in changes)
        {
            int equals = change.IndexOf('=');
            if (equals == 0 || change.Length == 0)
            {
                throw new CommandException($"'{change}' names no environment variable: write -E VAR=VALUE or -E VAR");
            }

            if (equals < 0)
            {
                variables.Remove(change);
            }
            else
            {
                variables[change[..equals]] = change[(equals + 1)..];
            }
        }

        List<string> environment = new(variables.Count);
        foreach (KeyValuePair<string, string> variable in variables)
        {
            environment.Add($"{variable.Key}={variable.Value}");
        }

        environment.Sort(StringComparer.Ordinal);
        return environment;
    }

    // How a guest that forks or executes is taken up by a fresh process: the same command with the same options.
    private static List<string> Relaunch(RunOptions options)
    {
        List<string> command = [Environment.ProcessPath!, RunCommand.Name, "--backend", options.Backend, "--thread", options.SingleThread ? "single" : "multi"];
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                command.AddRange([name, value]);
            }
        }

        Add("-d", options.LogItems);
        Add("-D", options.LogFile);
        Add("--dfilter", options.LogFilter);
        Add("-L", options.Prefix);
        Add("--cpu", options.Cpu);
        if (options.Strace)
        {
            command.Add("--strace");
        }

        if (options.OneInstructionPerTb)
        {
            command.Add("--one-insn-per-tb");
        }

        if (options.Statistics)
        {
            command.Add("--stats");
        }

        return command;
    }
}
