using System.CommandLine;

namespace Dragoman.Cli;

/// <summary><c>dragoman run PROGRAM ARGS...</c>: a Linux program of another architecture.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create()
    {
        ChoiceOption backend = new("--backend", "auto", "interpreter", "il", "lockstep")
        {
            Description = "How guest code runs: auto (interpret, then compile what is warm), interpreter, il, or lockstep (the description's own oracle, interpreter and il on every translation block, one guest thread at a time, until they differ)",
        };
        ChoiceOption thread = new("--thread", "multi", "single")
        {
            Description = "multi: one host thread runs per guest thread; single: one at a time, in turns",
        };
        Option<string[]> log = new("-d")
        {
            Description = "Log items, separated by commas: in_asm, op, op_opt, out_asm, exec, int, cpu, strace, unimp, page, nochain (help lists them)",
            HelpName = "ITEM,...",
        };
        Option<string> logFile = new("-D") { Description = "Write the log to FILE instead of standard error (%d becomes the process id)", HelpName = "FILE" };
        Option<string> filter = new("--dfilter") { Description = "Log only code in these guest address ranges: start..end, start+length or start-length, separated by commas", HelpName = "RANGE,..." };
        Option<bool> strace = new("--strace") { Description = "Log system calls (short for -d strace)" };
        Option<string> prefix = new("-L") { Description = "Look for the guest's ELF interpreter and libraries under PREFIX first", HelpName = "PREFIX" };
        Option<string[]> environment = new("-E") { Description = "Set (VAR=VALUE) or unset (VAR) a variable of the guest's environment; may be repeated", HelpName = "VAR=VALUE" };
        Option<string> argv0 = new("-0") { Description = "Give the guest this argv[0]", HelpName = "ARGV0" };
        Option<string> cpu = new("--cpu") { Description = "CPU model, and features to switch: cortex-a53, or max,lse=off ('help' lists them)", HelpName = "MODEL,..." };
        Option<bool> oneInsn = new("--one-insn-per-tb") { Description = "Translate one guest instruction per translation block" };
        Option<bool> statistics = new("--stats") { Description = "Print translation statistics to standard error when the guest exits" };
        Option<int> takeUp = new("--take-up") { Description = "Host descriptor of a guest process to go on with", Hidden = true, DefaultValueFactory = _ => -1 };
        Argument<string> program = new("PROGRAM") { Description = "The guest's ELF file; everything after it belongs to the guest", Arity = ArgumentArity.ZeroOrOne };

        Command command = new(Name, "Run a Linux program of another architecture")
        {
            backend, thread, log, logFile, filter, strace, prefix, environment, argv0, cpu, oneInsn, statistics, takeUp, program,
        };
        command.SetAction(result => RunProgram.Start(new RunOptions
        {
            Program = result.GetValue(program) ?? "",
            Arguments = GuestArguments.Current,
            Backend = result.GetRequiredValue(backend),
            SingleThread = result.GetRequiredValue(thread) == "single",
            LogItems = string.Join(',', result.GetValue(log) ?? []),
            LogFile = result.GetValue(logFile),
            LogFilter = result.GetValue(filter),
            Strace = result.GetValue(strace),
            Prefix = result.GetValue(prefix),
            Environment = result.GetValue(environment) ?? [],
            Argv0 = result.GetValue(argv0),
            Cpu = result.GetValue(cpu),
            OneInstructionPerTb = result.GetValue(oneInsn),
            Statistics = result.GetValue(statistics),
            TakeUp = result.GetValue(takeUp),
        }));
        return command;
    }
}
