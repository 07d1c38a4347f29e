using Dragoman.Linux.Elf;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Loading;

/// <summary>Builds a fresh address space for a program: its segments, its interpreter's, the stack, the heap's start and the trampoline.</summary>
internal static class ProgramLoader
{
    private const ulong StackGap = 1 << 20;
    private const ulong SmallestStack = 128 << 10;
    private const ulong LargestStack = 1UL << 30;

    /// <summary>Loads a program and sets the vCPU's registers. The process's <see cref="LinuxProcess.Persona"/> is that of the program before, or of who started it.</summary>
    /// <exception cref="LaunchException">It cannot be executed.</exception>
    public static void Load(
        LinuxProcess process, Vcpu vcpu, Executable file, GuestPaths paths, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string name)
    {
        var memory = process.Machine.Memory;
        var target = new ElfTarget(
            process.Abi.ElfMachine, process.Abi.Is64Bit, memory.PageSize, Math.Min(memory.Limit, process.Abi.AddressLimit));
        try
        {
            var image = ElfImage.Read(file.Source, target);
            process.Persona = process.Abi.PersonaOf(process.Persona, image.ExecutableStack);
            var (stackBottom, stackTop) = MapStack(process, image.ExecutableStack ?? false);
            memory.MmapBase = stackBottom - StackGap;
            var program = ElfMapper.Map(memory, image, file.Descriptor, file.Backing, file.Path, process.Abi.PieBase, process.Grant);
            var names = CreateNames(process.Options.Runtime.Log);
            names?.Add(file.Source, program.Bias);
            process.Break.Start = process.Break.Current = memory.PageUp(program.End);
            var interpreter = image.InterpreterPath is { } path ? MapInterpreter(process, target, paths, path, names) : null;
            MapTrampoline(process);

            var stack = BuildStack(process, image, program, interpreter, stackTop, arguments, environment, name);
            if (!process.Memory.TryWrite(stack.StackPointer, stack.Bytes))
            {
                throw new LaunchException($"{name}: arguments and environment do not fit on the stack", 126, Errno.E2BIG);
            }

            process.Program = new LoadedProgram(file.Path, arguments, environment, stack.Auxiliary, stackTop, stackBottom, stack.ArgumentStart);
            process.Abi.StartProgram(vcpu, interpreter?.Entry ?? program.Entry, stack.StackPointer);
        }
        catch (ElfFormatException error)
        {
            throw new LaunchException($"{name}: {error.Message}", 126, Errno.ENOEXEC);
        }
    }

    /// <summary>Where the log looks names up, when it shows any.</summary>
    private static FunctionNames? CreateNames(RuntimeLog? log)
    {
        if (log is null || !log.Has(LogCategories.InAsm | LogCategories.Exec))
        {
            return null;
        }

        var names = new FunctionNames();
        log.Symbols = names.At;
        return names;
    }

    private static MappedImage MapInterpreter(LinuxProcess process, in ElfTarget target, GuestPaths paths, string path, FunctionNames? names)
    {
        IReadOnlyList<string> none = [];
        var resolved = paths.Resolve(path);
        try
        {
            using var file = Executable.Open(resolved, ref none, paths, mustBeExecutable: false);
            var image = ElfImage.Read(file.Source, target);
            var mapped = ElfMapper.Map(process.Machine.Memory, image, file.Descriptor, file.Backing, file.Path, 0, process.Grant);
            names?.Add(file.Source, mapped.Bias);
            return mapped;
        }
        catch (LaunchException error)
        {
            var hint = error.Errno == Errno.ENOENT ? " (use -L to name the directory that holds it)" : "";
            throw new LaunchException($"interpreter {error.Message}{hint}", 126, error.Errno);
        }
        catch (ElfFormatException error)
        {
            throw new ElfFormatException($"interpreter {resolved}: {error.Message}");
        }
    }

    /// <summary>
    /// The stack is mapped whole, as large as its limit, and takes memory only as it is used. It grows where the limit is larger, or becomes so; else running off its
    /// lower end meets the gap that no mapping is placed in.
    /// </summary>
    private static (ulong Bottom, ulong Top) MapStack(LinuxProcess process, bool executable)
    {
        var memory = process.Machine.Memory;
        var size = memory.PageUp(Math.Clamp(memory.GrowthLimit, SmallestStack, Math.Min(LargestStack, memory.Limit / 4)));
        var top = Math.Min(memory.Limit, process.Abi.AddressLimit) - (16 * (ulong)memory.PageSize);
        var protection = process.Grant(GuestProtection.Read | GuestProtection.Write) | (executable ? GuestProtection.Execute : 0);
        var flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.NoReserve | GuestMapFlags.Stack | GuestMapFlags.GrowsDown | GuestMapFlags.Fixed;
        var result = memory.Map(top - size, size, protection, flags, name: "[stack]");
        return result < 0 ? throw new LaunchException($"no memory for a stack of {size} bytes", 126, (int)-result) : (top - size, top);
    }

    private static unsafe void MapTrampoline(LinuxProcess process)
    {
        var memory = process.Machine.Memory;
        var code = process.Abi.SignalTrampoline;
        var flags = GuestMapFlags.Private | GuestMapFlags.Anonymous;
        var page = memory.Map(0, (ulong)memory.PageSize, GuestProtection.Read | GuestProtection.Write, flags, name: "[vdso]");
        if (page < 0 || !process.Memory.TryWrite((ulong)page, code))
        {
            throw new LaunchException("no memory for the signal trampoline", 126, Errno.ENOMEM);
        }

        memory.Protect((ulong)page, (ulong)memory.PageSize, GuestProtection.Read | GuestProtection.Execute);
        process.SignalTrampoline = (ulong)page;
    }

    private static InitialStack BuildStack(
        LinuxProcess process,
        ElfImage image,
        MappedImage program,
        MappedImage? interpreter,
        ulong stackTop,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string name)
    {
        var (hwcap, hwcap2) = process.Abi.Capabilities(process.Guest.Cpu);
        var user = (ulong)HostCall.Invoke(Syscall.Getuid);
        var effectiveUser = (ulong)HostCall.Invoke(Syscall.Geteuid);
        var group = (ulong)HostCall.Invoke(Syscall.Getgid);
        var effectiveGroup = (ulong)HostCall.Invoke(Syscall.Getegid);
        AuxEntry[] auxiliary =
        [
            new(AuxType.MinimumSignalStack, (ulong)process.Abi.MinimumSignalStack),
            new(AuxType.Hwcap, hwcap),
            new(AuxType.PageSize, (ulong)process.Guest.PageSize),
            new(AuxType.ClockTicks, (ulong)process.Abi.Numbers.ClockTicks),
            new(AuxType.ProgramHeaders, program.ProgramHeaders),
            new(AuxType.ProgramHeaderSize, (ulong)image.Header.ProgramHeaderEntrySize),
            new(AuxType.ProgramHeaderCount, (ulong)image.Header.ProgramHeaderCount),
            new(AuxType.Base, interpreter?.Bias ?? 0),
            new(AuxType.Flags, 0),
            new(AuxType.Entry, program.Entry),
            new(AuxType.User, user),
            new(AuxType.EffectiveUser, effectiveUser),
            new(AuxType.Group, group),
            new(AuxType.EffectiveGroup, effectiveGroup),
            new(AuxType.Secure, user != effectiveUser || group != effectiveGroup ? 1UL : 0),
            new(AuxType.Hwcap2, hwcap2),
        ];
        Span<byte> random = stackalloc byte[16];
        FillRandom(random);
        return InitialStack.Build(
            stackTop, process.Abi.Layouts.WordSize, arguments, environment, name, process.Abi.Platform, random, auxiliary);
    }

    /// <summary>From the kernel directly: loading a cryptography library would cost more than the rest of the start.</summary>
    private static unsafe void FillRandom(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            HostCall.Invoke(Syscall.Getrandom, (nint)start, bytes.Length, 0);
        }
    }
}
