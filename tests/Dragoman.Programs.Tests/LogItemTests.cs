using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Each item of <c>-d</c> does what QEMU's users expect of it, with <c>--dfilter</c> and <c>-D</c>.</summary>
public sealed partial class LogItemTests
{
    private static string Program => GuestCompiler.Build("varargs", "-O2");

    [GuestFact]
    public void In_asm_shows_guest_code_under_its_function()
    {
        string log = Log("in_asm");
        Assert.Matches(@"-{16}\nIN: main\n0x[0-9a-f]{8,}:  [0-9a-f]{8}  \S+", log);
        ulong main = MainOf(log);

        // A filter limits every item that is about code to the TBs that begin in it.
        string filtered = Log("in_asm,op,op_opt,out_asm,exec,cpu", "--dfilter", $"0x{main:x}+4");
        Assert.Equal($"0x{main:x8}", Assert.Single(InRegex().Matches(filtered)).Groups["pc"].Value);
        Assert.All(TraceRegex().Matches(filtered), trace => Assert.Equal(main, ulong.Parse(trace.Groups["pc"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        Assert.DoesNotContain("IN: main", Log("in_asm", "--dfilter", $"0x{main + 4:x}..0x{main + 8:x}"), StringComparison.Ordinal);
    }

    [GuestFact]
    public void Op_and_op_opt_show_the_ops_before_and_after_the_optimizer()
    {
        string log = Log("op,op_opt");
        Match before = Assert.Single(Regex.Matches(log, @"^OP:\n ---- 0*" + $"{MainOf(Log("in_asm")):x}" + @"\n", RegexOptions.Multiline));
        Assert.True(log.IndexOf("OP after optimization:\n", before.Index, StringComparison.Ordinal) > 0);
        Assert.DoesNotContain("OP after", Log("op"), StringComparison.Ordinal);
        Assert.DoesNotContain("OP:", Log("op_opt"), StringComparison.Ordinal);
    }

    [GuestFact]
    public void Out_asm_shows_host_code()
    {
        Assert.Matches(@"OUT: 0x[0-9a-f]+ \(interpreter\) \[size=\d+\]\n +0: \w+", Log("out_asm", "--backend", "interpreter"));
        Assert.Matches(@"OUT: 0x[0-9a-f]+ \(il\) \[size=\d+\]\n(0x[0-9a-f]+:  \S.*\n)+0x[0-9a-f]+:  (ret|jmp|int3)", Log("out_asm", "--backend", "il"));

        // What runs long is compiled in regions.
        Assert.Contains("(il) (region of ", DragomanCommand.Run(GuestCompiler.Build("sorting", "-O2"), options: ["-d", "out_asm"]).ErrorText, StringComparison.Ordinal);
    }

    [GuestFact]
    public void Exec_shows_each_block_under_nochain_whatever_runs_it()
    {
        int each = TraceRegex().Count(Log("exec,nochain", "--backend", "interpreter"));
        Assert.True(each > 1000, $"{each} blocks");
        Assert.Equal(each, TraceRegex().Count(Log("exec,nochain", "--backend", "il")));
        Assert.Equal(each, TraceRegex().Count(Log("exec,nochain")));
        Assert.True(TraceRegex().Count(Log("exec", "--backend", "il")) < each);
    }

    [GuestFact]
    public void Cpu_shows_the_registers_at_each_block()
    {
        ulong main = MainOf(Log("in_asm"));
        string log = Log("cpu,exec,nochain", "--dfilter", $"0x{main:x}+0x100");
        Assert.Equal(TraceRegex().Count(log), Regex.Count(log, @"^X0=[0-9a-f]{16} X1=", RegexOptions.Multiline));
        Assert.Contains($" PC={main:x16}", log, StringComparison.Ordinal);
    }

    [GuestFact]
    public void Int_shows_exceptions()
    {
        Assert.Contains("Exception 0: Syscall pc=", Log("int"), StringComparison.Ordinal);
        string faults = DragomanCommand.Run(GuestCompiler.Build("faults", "-O2"), options: ["-d", "int"]).ErrorText;
        Assert.Matches("Exception 0: MemoryFault pc=[0-9a-f]+ .* signal=11 code=1", faults);
    }

    [GuestFact]
    public void Strace_shows_calls_and_signals()
    {
        Assert.Matches(@"^\d+ write\(1,0x[0-9a-f]+,\d+\) = \d+$", Log("strace").Split('\n').First(line => line.Contains(" write(", StringComparison.Ordinal)));
        string faults = DragomanCommand.Run(GuestCompiler.Build("faults", "-O2"), options: ["-d", "strace"]).ErrorText;
        Assert.Matches(@"\d+ --- SIGSEGV \{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x[0-9a-f]+\} ---", faults);
        Assert.Matches(@"\d+ --- SIGSEGV \{si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x[0-9a-f]+\} ---", faults);
    }

    [GuestFact]
    public void A_log_file_takes_it_all_and_names_the_process()
    {
        string folder = Directory.CreateTempSubdirectory("dragoman-log").FullName;
        ProcessResult result = DragomanCommand.Run(Program, options: ["-d", "in_asm,strace", "-D", Path.Combine(folder, "log.%d")]);
        string file = Assert.Single(Directory.GetFiles(folder));
        Assert.Matches(@"log\.\d+$", file);
        string log = File.ReadAllText(file);
        Directory.Delete(folder, recursive: true);
        Assert.Equal("", result.ErrorText);
        Assert.Contains("IN: main\n", log, StringComparison.Ordinal);
        Assert.Contains(" exit_group(0)", log, StringComparison.Ordinal);
    }

    private static string Log(string items, params string[] options)
    {
        ProcessResult result = DragomanCommand.Run(Program, options: ["-d", items, .. options]);
        Assert.Equal(0, result.ExitCode);
        return result.ErrorText;
    }

    private static ulong MainOf(string log) => ulong.Parse(MainRegex().Match(log).Groups["pc"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^IN: main\n0x(?<pc>[0-9a-f]+):", RegexOptions.Multiline)]
    private static partial Regex MainRegex();

    [GeneratedRegex(@"^IN:.*\n(?<pc>0x[0-9a-f]+):", RegexOptions.Multiline)]
    private static partial Regex InRegex();

    [GeneratedRegex(@"^Trace \d+: TB \d+ \[(?<pc>[0-9a-f]+)/", RegexOptions.Multiline)]
    private static partial Regex TraceRegex();
}
