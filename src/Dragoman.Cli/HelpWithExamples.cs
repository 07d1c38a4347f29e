using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dragoman.Cli;

/// <summary>Help that ends with examples and what the option list does not say.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string> s_texts = new()
    {
        [RunCommand.Name] = """
            Options come before PROGRAM; what follows it belongs to the guest, whatever it looks like. The guest's architecture follows from PROGRAM.
            The exit status is the guest's; 128 + N when signal N kills it; 126 or 127 when PROGRAM cannot be run; 2 for a wrong command line.

            Examples:
              dragoman run ./hello one two
              dragoman run -L /usr/aarch64-linux-gnu ./hello          with the libraries that a dynamic program needs
              dragoman run --strace ./hello                           its system calls
              dragoman run -d in_asm,op,op_opt,out_asm -D log ./hello its code on the way from guest to host
              dragoman run -d exec,nochain --dfilter 0x400000+0x1000 ./hello
              dragoman run --backend lockstep ./hello                 find the first instruction that the engines disagree on
              dragoman run --cpu cortex-a53 ./hello                   a CPU model; '--cpu help' lists them, '-d help' the log items
            """,
        [SystemCommand.Name] = """
            The board has QEMU's memory map of the same name, so bare-metal images made for it run here. An ELF file begins at its entry, with the device tree at the start of
            RAM where there is room; a Linux Image, or any other file, begins with the device tree's address in X0.
            The terminal is the guest's: Ctrl-A x ends the machine, Ctrl-A h tells more keys. The exit status is the one of semihosting's SYS_EXIT, 0 after PSCI's SYSTEM_OFF
            and Ctrl-A x, 1 when a file cannot be used or the machine cannot begin or go on, 2 for a wrong command line.

            Examples:
              dragoman system --kernel ./bare.elf
              dragoman system --cpus 4 --memory 1G --kernel ./bare.elf
              dragoman system --machine virt,gic-version=3 --cpus 16 --kernel ./Image --initrd ./initrd --append "console=ttyAMA0"
              dragoman system --thread single --backend interpreter --kernel ./bare.elf
              dragoman system --drive ./disk.img --drive ./other.img,readonly --console virtio --kernel ./bare.elf
              dragoman system --kernel ./bare.elf --dump-dtb virt.dtb     what the guest is told
            """,
        ["disas"] = """
            Examples:
              dragoman disas ./hello                                  every code section of an ELF file, with its function names
              dragoman disas --arch aarch64 --hex 2000028b            bytes as they lie in memory
              dragoman disas --arch aarch64 --hex "20 00 02 8b c0 03 5f d6" --address 400000
            """,
        ["audit"] = """
            Each line is one access or barrier of an instruction: its order in the guest's model, what must be aligned or atomic, and what hosts need for it.

            Examples:
              dragoman audit aarch64 | grep LDAR
              dragoman audit aarch64 --summary
              dragoman audit alpha --format markdown > alpha.md
            """,
        ["litmus"] = """
            Each test is judged by the guest's memory model and by what its lowering lets each host show, and is then run.
            The exit status is 1 when something forbidden was seen or could be.

            Examples:
              dragoman litmus tests/litmus/aarch64/SB.litmus
              dragoman litmus --runs 1000000 --backend il tests/litmus/aarch64/MP.litmus
              dragoman litmus --runs 0 tests/litmus/*/*.litmus        judge only
            """,
        ["demo"] = """
            Examples:
              dragoman demo
              dragoman demo --length 3200 --vcpus 1 --vcpus 2 --vcpus 4
            """,
    };

    private const string Root = """
        Examples:
          dragoman demo
          dragoman run ./hello                           an AArch64, Alpha or x86 Linux program
          dragoman system --kernel ./bare.elf            a program without an operating system
          dragoman disas ./hello
          dragoman litmus tests/litmus/aarch64/SB.litmus

        'dragoman COMMAND --help' tells more about a command.
        """;

    /// <summary>Who asks for help has given no arguments yet.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult result)
    {
        int status = inner.Invoke(result);
        Command command = result.CommandResult.Command;
        result.InvocationConfiguration.Output.WriteLine(command is RootCommand ? Root : s_texts[command.Name]);
        return status;
    }

    /// <summary>Puts it in the place of the plain help.</summary>
    public static RootCommand AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
