using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Programs for x86-64 and i386 against the host itself; i386's, where its kernel runs none, against qemu, as far as qemu is right.</summary>
public sealed class X86GuestTests : GuestProgramTests
{
    private const string BareFlags = "-O2 -Wall -mgeneral-regs-only -ffreestanding -nostdlib -fno-stack-protector -fno-pie -no-pie";

    private static readonly string[] s_hostOnly = ["files", "mapping", "maths", "proc-self"];

    /// <summary>A program of general registers only: system calls, faults, signal frames, thread-local storage, fork.</summary>
    [WitnessTheory(GuestMachine.X64Name)]
    [InlineData("auto")]
    [InlineData("interpreter")]
    [InlineData("il")]
    public void A_bare_x64_program_runs_as_on_the_host(string backend) => CheckBare(GuestMachine.X64, backend);

    [HostTheory(GuestMachine.I386Name)]
    [InlineData("auto")]
    [InlineData("interpreter")]
    [InlineData("il")]
    public void A_bare_i386_program_runs_as_on_the_host(string backend) => CheckBare(GuestMachine.I386, backend);

    /// <summary>Left out is code written through another mapping.</summary>
    [WitnessTheory(GuestMachine.X64Name)]
    [InlineData("atomics")]
    [InlineData("child-signals")]
    [InlineData("children-code")]
    [InlineData("environment")]
    [InlineData("faults")]
    [InlineData("files")]
    [InlineData("growing")]
    [InlineData("heap")]
    [InlineData("ieee")]
    [InlineData("jumps")]
    [InlineData("large-files")]
    [InlineData("mapping")]
    [InlineData("maths")]
    [InlineData("moved-code")]
    [InlineData("polling")]
    [InlineData("print-floats")]
    [InlineData("print-integers")]
    [InlineData("proc-self")]
    [InlineData("processes")]
    [InlineData("signals")]
    [InlineData("sorting")]
    [InlineData("strings")]
    [InlineData("system-v")]
    [InlineData("threads")]
    [InlineData("timers")]
    [InlineData("times")]
    [InlineData("varargs")]
    [InlineData("wide-integers")]
    public void A_static_x64_program_runs_as_on_the_host(string name) => Check(name, "-O2", [], GuestMachine.X64);

    [WitnessTheory(GuestMachine.I386Name)]
    [InlineData("child-signals")]
    [InlineData("children-code")]
    [InlineData("growing")]
    [InlineData("ieee")]
    [InlineData("large-files")]
    [InlineData("moved-code")]
    [InlineData("polling")]
    [InlineData("print-floats")]
    [InlineData("print-integers")]
    [InlineData("processes")]
    [InlineData("signals")]
    [InlineData("sorting")]
    [InlineData("system-v")]
    [InlineData("threads")]
    [InlineData("timers")]
    public void A_static_i386_program_runs_as_on_the_host(string name) => Check(name, "-O2", [], GuestMachine.I386);

    [HostTheory(GuestMachine.I386Name)]
    [MemberData(nameof(HostOnly))]
    public void A_static_i386_program_runs_as_on_the_kernel(string name) => Check(name, "-O2", [], GuestMachine.I386);

    /// <summary>Of i386 programs those of which qemu is no witness.</summary>
    public static TheoryData<string> HostOnly => new(s_hostOnly);

    /// <summary>At -O0, where everything goes through memory: everyday two, in the long run all that there are at -O2.</summary>
    private static string[] PlainNames => TestFolders.Long
        ? ["atomics", "environment", "faults", "files", "heap", "ieee", "jumps", "mapping", "maths", "polling", "print-floats", "print-integers", "proc-self", "processes", "signals", "sorting", "strings",
            "system-v", "threads", "timers", "times", "varargs", "wide-integers"]
        : ["ieee", "print-integers"];

    public static TheoryData<string> Plain => new(PlainNames);

    /// <summary>i386 has no integers of 128 bits, and its uname says i686, the kernel of the host x86_64.</summary>
    public static TheoryData<string> PlainNarrow => new(PlainNames.Except(["atomics", "environment", "varargs", "wide-integers"]).Except(s_hostOnly));

    [WitnessTheory(GuestMachine.X64Name)]
    [MemberData(nameof(Plain))]
    public void A_plain_x64_program_runs_as_on_the_host(string name) => Check(name, "-O0", [], GuestMachine.X64);

    [WitnessTheory(GuestMachine.I386Name)]
    [MemberData(nameof(PlainNarrow))]
    public void A_plain_i386_program_runs_as_on_the_host(string name) => Check(name, "-O0", [], GuestMachine.I386);

    /// <summary>What only x86 has, in both modes.</summary>
    public static TheoryData<string> Own => ["x87", "x87-last", "state", "memory-faults", "ipc", "simd-exceptions", "hot-floats", "alignment", "robust", "gathers", "calls"];

    /// <summary>And what of it looks at how the kernel is entered and left.</summary>
    public static TheoryData<string> Entered => ["system", "steps", "entries", "frames"];

    [WitnessTheory(GuestMachine.X64Name)]
    [MemberData(nameof(Own))]
    [InlineData("clone3")]
    [InlineData("hot-x87")]
    [InlineData("unwind")]
    public void An_x64_program_of_x86_runs_as_on_the_host(string name) => CheckOwn(name, GuestMachine.X64);

    [HostTheory(GuestMachine.X64Name)]
    [MemberData(nameof(Entered))]
    public void An_x64_program_of_x86_runs_as_on_the_kernel(string name) => CheckOwn(name, GuestMachine.X64);

    [WitnessTheory(GuestMachine.I386Name)]
    [InlineData("decimal")]
    [InlineData("unwind")]
    public void An_i386_program_of_x86_runs_as_on_the_host(string name) => CheckOwn(name, GuestMachine.I386);

    [HostTheory(GuestMachine.I386Name)]
    [MemberData(nameof(Own))]
    [MemberData(nameof(Entered))]
    [InlineData("segments")]
    public void An_i386_program_of_x86_runs_as_on_the_kernel(string name) => CheckOwn(name, GuestMachine.I386);

    /// <summary>The program knows what the manual says; qemu holds nothing to segments.</summary>
    [WitnessTheory(GuestMachine.I386Name)]
    [InlineData("auto")]
    [InlineData("interpreter")]
    [InlineData("il")]
    public void An_i386_program_is_held_to_its_segments(string backend)
    {
        ProcessResult result = DragomanCommand.Run(BuildOwn("segments", GuestMachine.I386), options: ["--backend", backend]);
        Assert.True(result.ExitCode == 0 && result.OutputText == "68 tried, 0 wrong\n", result.ToString());
    }

    /// <summary>What prints the same in both modes has the x86-64 program for its witness, where the kernel runs no i386 programs.</summary>
    [WitnessTheory(GuestMachine.I386Name)]
    [InlineData("x87-last")]
    public void An_i386_program_of_x86_prints_what_the_x64_program_prints(string name) =>
        Witness.AssertSame(Witness.Run(BuildOwn(name, GuestMachine.X64), guest: GuestMachine.X64), DragomanCommand.Run(BuildOwn(name, GuestMachine.I386)));

    /// <summary>The shared library's unwinder, which is compiled for processors with shadow stacks too.</summary>
    [WitnessFact(GuestMachine.X64Name)]
    public void A_dynamic_program_unwinds() => CheckOwn("unwind", GuestMachine.X64, "-dynamic");

    /// <summary>arch/x86/kernel/sys_x86_64.c; written out, for not every host's kernel is entered by INT 80H.</summary>
    [GuestFact(GuestMachine.X64Name)]
    public void Memory_is_where_each_entry_to_the_kernel_puts_it()
    {
        string program = GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/X86/low-maps.c"), "-O1 -w", GuestMachine.X64);
        Assert.Equal(
            """
            plain: high
            MAP_32BIT: second GiB
            MAP_32BIT, hint of 256 MiB: low
            MAP_32BIT, high hint: second GiB
            MAP_32BIT has room for a GiB
            int 80h: below 4 GiB
            int 80h, MAP_32BIT: below 4 GiB
            int 80h, shared: below 4 GiB
            int 80h, hint: low
            int 80h, fixed: low
            int 80h, too long: error 12
            int 80h, no length: error 22
            int 80h, file: below 4 GiB
            ELF
            its second page 1

            """,
            DragomanCommand.Run(program).OutputText);
    }

    /// <summary>The table of arch/x86/include/asm/elf.h; of i386 it is written out, for not every host runs such programs.</summary>
    [WitnessTheory(GuestMachine.X64Name)]
    [InlineData("execstack")]
    [InlineData("noexecstack")]
    [InlineData(null)]
    public void A_program_may_execute_what_its_stack_header_says(string? stack)
    {
        string program = BuildWithStack(GuestMachine.X64, stack);
        ProcessResult expected = Witness.Run(program, guest: GuestMachine.X64);
        Witness.AssertSame(expected, DragomanCommand.Run(program));
        if (Tool.Missing(GuestMachine.I386.Compiler) is not null)
        {
            return;
        }

        // A 32-bit program hands the personality on; one without the header may execute all that can be read.
        string[] always = ["no access", "asked for", "memory mapped now", "heap now"];
        string narrow = expected.OutputText.Replace("executed: 40000", "executed: 440000", StringComparison.Ordinal);
        IEnumerable<string> lines = narrow.Split('\n').Select(line => line.Split(": ") is [var name, var answer] && stack is null
            ? name + ": " + (answer == "no" && !always.Contains(name) ? "yes" : name is "in a child" or "set" or "executed without" && answer == "0" ? "400000" : answer)
            : line);
        Assert.Equal(string.Join('\n', lines).Replace("memory mapped after: yes", "memory mapped after: no", StringComparison.Ordinal), DragomanCommand.Run(BuildWithStack(GuestMachine.I386, stack)).OutputText);
    }

    /// <summary>With PT_GNU_STACK of that kind, or (null) without it.</summary>
    private static string BuildWithStack(GuestMachine guest, string? kind)
    {
        string program = GuestCompiler.BuildFile(
            Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/X86/executable.c"), "-O1 -w -Wl,-z," + (kind ?? "noexecstack"), guest);
        if (kind is not null)
        {
            return program;
        }

        const uint GnuStack = 0x6474E551;
        byte[] bytes = File.ReadAllBytes(program);
        bool isWide = bytes[4] == 2;
        int header = isWide ? (int)BitConverter.ToUInt64(bytes, 32) : BitConverter.ToInt32(bytes, 28), size = BitConverter.ToUInt16(bytes, isWide ? 54 : 42);
        while (BitConverter.ToUInt32(bytes, header) != GnuStack)
        {
            header += size;
        }

        bytes.AsSpan(header, sizeof(uint)).Clear();
        string patched = program + ".patched" + Environment.ProcessId;

        // A copy, which keeps the right to be executed.
        File.Copy(program, patched);
        File.WriteAllBytes(patched, bytes);
        File.Move(patched, program + ".nostack", overwrite: true);
        return program + ".nostack";
    }

    private static void CheckOwn(string name, GuestMachine guest, string flags = "")
    {
        string program = BuildOwn(name, guest, flags);
        Witness.AssertSame(Witness.Run(program, guest: guest), DragomanCommand.Run(program));
    }

    private static string BuildOwn(string name, GuestMachine guest, string flags = "") =>
        GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/X86", name + ".c"), $"-O1 -w -fexceptions {flags}", guest);

    private static void CheckBare(GuestMachine guest, string backend)
    {
        string program = GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/Bare/bare.c"), BareFlags, guest);
        Witness.AssertSame(Witness.Run(program, guest: guest), DragomanCommand.Run(program, options: ["--backend", backend]));
    }
}
