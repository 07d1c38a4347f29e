using System.Globalization;

namespace Dragoman.Cli;

/// <summary>The options of <c>dragoman run</c>, in the order of help. Both ways to read a command line are made from it.</summary>
internal static class RunOptionTable
{
    public static RunOption[] All { get; } =
    [
        new("--backend", "How guest code runs: auto (interpret, then compile what is warm), interpreter, il, or lockstep (both on every translation block, one guest thread at a time, until they differ)",
            (options, value) => options with { Backend = value })
        {
            Choices = ["auto", "interpreter", "il", "lockstep"],
        },
        new("--thread", "multi: one host thread runs per guest thread; single: one at a time, in turns",
            (options, value) => options with { SingleThread = value == "single" })
        {
            Choices = ["multi", "single"],
        },
        new("-d", "Log items, separated by commas: in_asm, op, op_opt, out_asm, exec, int, cpu, strace, unimp, page, nochain (help lists them)",
            (options, value) => options with { LogItems = options.LogItems.Length == 0 ? value : options.LogItems + "," + value })
        {
            HelpName = "ITEM,...",
            Repeats = true,
        },
        new("-D", "Write the log to FILE instead of standard error (%d becomes the process id)", (options, value) => options with { LogFile = value })
        {
            HelpName = "FILE",
        },
        new("--dfilter", "Log only code in these guest address ranges: start..end, start+length or start-length, separated by commas",
            (options, value) => options with { LogFilter = value })
        {
            HelpName = "RANGE,...",
        },
        new("--strace", "Log system calls (short for -d strace)", (options, _) => options with { Strace = true }),
        new("-L", "Look for the guest's ELF interpreter and libraries under PREFIX first", (options, value) => options with { Prefix = value })
        {
            HelpName = "PREFIX",
        },
        new("-E", "Set (VAR=VALUE) or unset (VAR) a variable of the guest's environment; may be repeated",
            (options, value) => options with { Environment = [.. options.Environment, value] })
        {
            HelpName = "VAR=VALUE",
            Repeats = true,
        },
        new("-0", "Give the guest this argv[0]", (options, value) => options with { Argv0 = value })
        {
            HelpName = "ARGV0",
        },
        new("--cpu", "CPU model, and features to switch: cortex-a53, or max,lse=off ('help' lists them)", (options, value) => options with { Cpu = value })
        {
            HelpName = "MODEL,...",
        },
        new("--one-insn-per-tb", "Translate one guest instruction per translation block", (options, _) => options with { OneInstructionPerTb = true }),
        new("--stats", "Print translation statistics to standard error when the guest exits", (options, _) => options with { Statistics = true }),
        new("--take-up", "Host descriptor of a guest process to go on with",
            (options, value) => options with { TakeUp = int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) })
        {
            HelpName = "DESCRIPTOR",
            IsNumber = true,
            IsHidden = true,
        },
    ];

    /// <summary>The option of a name, or null.</summary>
    public static RunOption? Find(string name) => Array.Find(All, option => option.Name == name);
}
