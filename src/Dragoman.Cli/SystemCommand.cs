using System.CommandLine;
using Dragoman.Machines.Virt;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Cli;

/// <summary><c>dragoman system</c>: an emulated computer, with a kernel or a bare-metal program.</summary>
internal static class SystemCommand
{
    public const string Name = "system";

    public static Command Create()
    {
        Option<string> machine = new("--machine") { Description = "The board, as QEMU's of that name: virt,gic-version=2 (up to 8 vCPUs) or virt,gic-version=3", HelpName = "virt[,gic-version=N]", DefaultValueFactory = _ => "virt" };
        Option<int> cpus = new("--cpus") { Description = "vCPUs", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string> memory = new("--memory") { Description = "RAM: MiB, or with K, M, G or T behind it", HelpName = "SIZE", DefaultValueFactory = _ => "128M" };
        Option<string> kernel = new("--kernel") { Description = "What runs: an ELF file, a Linux Image, or anything else as it is, 512 KiB behind the start of RAM", HelpName = "FILE" };
        Option<string> append = new("--append") { Description = "The kernel's command line", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Option<string> initrd = new("--initrd") { Description = "The initial RAM disk", HelpName = "FILE" };
        Option<string> cpu = new("--cpu") { Description = "CPU model, and features to switch ('dragoman run --cpu help' lists them)", HelpName = "MODEL,..." };
        ChoiceOption thread = new("--thread", "auto", "multi", "single") { Description = "multi: a host thread runs each vCPU; single: one at a time, in turns; auto: multi where it is right" };
        ChoiceOption backend = new("--backend", "auto", "interpreter", "il") { Description = "How guest code runs" };
        Option<string[]> drive = new("--drive") { Description = "A disk (virtio); may be repeated", HelpName = "FILE[,readonly]" };
        ChoiceOption console = new("--console", "uart", "virtio") { Description = "What the terminal is to the guest" };
        ChoiceOption semihosting = new("--semihosting", "on", "off") { Description = "Whether HLT #0xF000 calls the host: prints, exits with a status" };
        Option<string[]> firmware = new("--fw-cfg") { Description = "A file of the firmware configuration device; may be repeated", HelpName = "NAME=FILE" };
        Option<string> dump = new("--dump-dtb") { Description = "Write the device tree to FILE and end", HelpName = "FILE" };
        Command command = new(Name, "Run a kernel or a bare-metal program on an emulated AArch64 computer")
        {
            machine, cpus, memory, kernel, append, initrd, cpu, thread, backend, drive, console, semihosting, firmware, dump,
        };
        command.SetAction(result =>
        {
            string size = result.GetRequiredValue(memory);
            return SystemProgram.Start(new SystemOptions
            {
                Machine = new VirtOptions
                {
                    GicVersion = MachineName.Parse(result.GetRequiredValue(machine)),
                    Cpus = result.GetValue(cpus),
                    Memory = MemorySize.Parse(size) ?? throw CommandException.Usage($"--memory '{size}': not a size, such as 512M or 2G"),
                    KernelName = result.GetValue(kernel) ?? "",
                    CommandLine = result.GetRequiredValue(append),
                    HasSemihosting = result.GetRequiredValue(semihosting) == "on",
                },
                Kernel = result.GetValue(kernel) ?? throw CommandException.Usage($"which kernel? '--kernel FILE' names it; see 'dragoman {Name} --help'"),
                Initrd = result.GetValue(initrd),
                Cpu = result.GetValue(cpu),
                Thread = Enum.Parse<ThreadRequest>(result.GetRequiredValue(thread), ignoreCase: true),
                Backend = result.GetRequiredValue(backend),
                Drives = result.GetValue(drive) ?? [],
                FirmwareFiles = result.GetValue(firmware) ?? [],
                HasVirtioConsole = result.GetRequiredValue(console) == "virtio",
                DumpTree = result.GetValue(dump),
            });
        });
        return command;
    }
}
