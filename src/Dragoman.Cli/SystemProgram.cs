using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Linux.Host;
using Dragoman.Machines.Devices;
using Dragoman.Machines.Loading;
using Dragoman.Machines.Serial;
using Dragoman.Machines.Virt;
using Dragoman.Machines.Virtio;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Backends;

namespace Dragoman.Cli;

/// <summary>Carries out <c>dragoman system</c>.</summary>
internal static class SystemProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs the machine; returns the exit status that the guest asked for, or 128 and a signal's number.</summary>
    public static int Start(SystemOptions options)
    {
        if (options.Machine.Problem is { } problem)
        {
            throw CommandException.Usage($"{SystemCommand.Name}: {problem}");
        }

        BootPlan boot = Plan(options);
        if (options.DumpTree is { } path)
        {
            return Dump(path, boot);
        }

        ISystemGuest guest = AArch64System.Create(Model(options.Cpu));
        ThreadSelection threads = ThreadSelection.Choose(options.Thread, guest.Guest.SupportsMttcg, guest.Guest.MemoryOrder, ThreadSelection.IsTsoHost, countsInstructions: false);
        if (threads.Warning is { } warning)
        {
            CommandHost.Error(warning);
        }

        (ITcgBackend cold, ITcgBackend? hot) = RunProgram.CreateBackends(options.Backend);
        using SystemEngine engine = new(guest, new RuntimeOptions { Threads = threads.Model }, cold, hot);
        try
        {
            return Run(engine, options, boot);
        }
        catch (OutOfMemoryException)
        {
            throw new CommandException($"{SystemCommand.Name}: the host has no {options.Machine.Memory >> 20} MiB of memory for the guest's RAM");
        }
    }

    private static int Run(SystemEngine engine, SystemOptions options, BootPlan boot)
    {
        // The user may end the machine while its terminal is being opened.
        Terminal? opened = null;
        using Terminal terminal = opened = new Terminal(engine.Machine.BigLock, StandardInput.Stream, StandardOutput.Stream, () => End(0), error => engine.Fail("The terminal", error));
        VirtConnections connections = Connect(options, terminal);
        if (connections.VirtioDevices > VirtMap.VirtioPlaces)
        {
            throw CommandException.Usage($"{SystemCommand.Name}: {connections.VirtioDevices} virtio devices, with the source of random bytes: there are places for {VirtMap.VirtioPlaces}");
        }

        using VirtMachine machine = new(engine, options.Machine, connections, boot);
        using PosixSignalRegistration interrupt = EndBy(PosixSignal.SIGINT, 2), end = EndBy(PosixSignal.SIGTERM, 15);
        try
        {
            int status = machine.Run();
            terminal.Finish();
            return status;
        }
        catch (InvalidOperationException failure) when (failure.InnerException is not IOException)
        {
            // Output that cannot be written is told by the caller, as for every command. Anything else is a fault of this program: the report has the vCPU's registers, on lines of their own.
            StandardError.Write(Encoding.UTF8.GetBytes($"dragoman: {failure.Message}\n"));
            return 1;
        }

        PosixSignalRegistration EndBy(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            terminal.Hurry();
            End(128 + number);
        });

        // A device that a guest has given work for minutes hears no request to stop: the user's patience is shorter.
        void End(int status)
        {
            engine.Stop(status);
            new Thread(() =>
            {
                Thread.Sleep(Patience);
                opened?.Restore();
                Environment.Exit(status);
            }) { IsBackground = true, Name = "patience" }.Start();
        }
    }

    private static BootPlan Plan(SystemOptions options)
    {
        byte[] kernel = InputFile.Read(options.Kernel), initrd = options.Initrd is { } path ? InputFile.Read(path) : [];
        try
        {
            return BootPlan.Make(options.Machine, KernelFormat.Read(kernel, VirtMap.Ram, options.Machine.Memory), initrd);
        }
        catch (KernelException error)
        {
            throw new CommandException($"cannot load '{options.Kernel}': {error.Message}");
        }
    }

    private static int Dump(string path, BootPlan boot)
    {
        try
        {
            File.WriteAllBytes(path, boot.DeviceTree);
            return 0;
        }
        catch (Exception error) when (FileProblem.Is(error))
        {
            throw new CommandException($"cannot write '{path}': {FileProblem.Describe(path, error)}");
        }
    }

    private static CpuModel? Model(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return CpuModel.Choose(AArch64Guest.Instance.CpuModels, text, out string problem)
            ?? throw CommandException.Usage($"--cpu {text}: aarch64 has no CPU model or feature '{problem}'; 'dragoman run --cpu help' lists them");
    }

    private static VirtConnections Connect(SystemOptions options, Terminal terminal) => new()
    {
        Uart = options.HasVirtioConsole ? new NoPort() : terminal,
        Console = options.HasVirtioConsole ? terminal : null,
        Disks = [.. options.Drives.Select(Disk)],
        FirmwareFiles = FirmwareFiles(options.FirmwareFiles),
    };

    private static Dictionary<string, byte[]> FirmwareFiles(IEnumerable<string> files)
    {
        Dictionary<string, byte[]> named = [];
        foreach (string file in files)
        {
            string name = Name(file);
            if (!named.TryAdd(name, InputFile.Read(file[(name.Length + 1)..])))
            {
                throw CommandException.Usage($"--fw-cfg '{file}': '{name}' is given twice");
            }
        }

        return named;
    }

    private static Func<VirtioDevice> Disk(string drive)
    {
        const string readOnly = ",readonly";
        bool isReadOnly = drive.EndsWith(readOnly, StringComparison.Ordinal);
        string path = isReadOnly ? drive[..^readOnly.Length] : drive;
        try
        {
            Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, access: isReadOnly ? FileAccess.Read : FileAccess.ReadWrite, share: FileShare.ReadWrite);
            _ = RandomAccess.GetLength(file); // a pipe or a terminal has none, and is no disk
            return () => new VirtioBlock(file, isReadOnly);
        }
        catch (Exception error) when (FileProblem.Is(error))
        {
            throw new CommandException($"--drive: cannot open '{path}': {FileProblem.Describe(path, error)}");
        }
    }

    private static string Name(string file)
    {
        string name = file[..Math.Max(file.IndexOf('='), 0)];
        return name.Length > 0 && Encoding.UTF8.GetByteCount(name) < FirmwareConfiguration.NameSize ? name
            : throw CommandException.Usage($"--fw-cfg '{file}': not NAME=FILE with a name of up to {FirmwareConfiguration.NameSize - 1} bytes");
    }
}
