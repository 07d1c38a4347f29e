using System.Text;
using Dragoman.Linux.Host;
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
    /// <summary>Twice what a static C program needs to greet and end.</summary>
    private const int WarmUpDispatches = 15_000;

    // A region takes RyuJIT some 3 ms, in which the interpreter runs 20,000 TBs: what has not run hundreds of times would be compiled at a loss.
    private const int HotThreshold = 512;

    /// <summary>Runs the program; every word in the options is kept as bytes (Latin-1). Returns the guest's exit status, or what stands for its signal.</summary>
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
            throw CommandException.Usage("run: which program? See 'dragoman run --help'");
        }

        // Before the guest can put something else at number 2, or change its folder.
        StandardError.Keep();
        options = options with { Prefix = HostWords.Absolute(options.Prefix), LogFile = HostWords.Absolute(options.LogFile) };
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
            StandardError.Write(Encoding.UTF8.GetBytes(difference.Message + "\n"));
            return LinuxProcess.InternalErrorStatus;
        }
    }

    private static LinuxOptions CreateProcess(RunOptions options, LogCategories categories, RuntimeLog? log) => new()
    {
        Program = options.Program,
        Arguments = [options.Argv0 ?? options.Program, .. options.Arguments],
        Environment = options.TakeUp >= 0 ? [] : GuestEnvironment.Make(HostWords.Environment(), options.Environment),
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
        FindGuest = Remember(machine => Guests.ForMachine(machine, options.Cpu)),
        CreateBackends = guest => options.Backend == "lockstep" ? (CreateLockstep(guest), null) : CreateBackends(options.Backend),
        Relaunch = Relaunch(options),
        TakeUp = options.TakeUp,
        Ended = options.Statistics ? machine => StandardError.Write(Encoding.UTF8.GetBytes(machine.Statistics.Format())) : null,
    };

    // One object a guest: what was translated for it may outlive its program.
    private static Func<int, IGuest?> Remember(Func<int, IGuest?> find)
    {
        Dictionary<int, IGuest?> found = [];
        return machine => found.TryGetValue(machine, out IGuest? guest) ? guest : found[machine] = find(machine);
    }

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

    // How a guest that forks or executes is taken up by a fresh process: the same command with the same options.
    private static List<string> Relaunch(RunOptions options)
    {
        List<string> command = [ByteText.OfHost(Environment.ProcessPath!), RunCommand.Name, "--backend", options.Backend, "--thread", options.SingleThread ? "single" : "multi"];
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
