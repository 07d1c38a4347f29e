using Dragoman.Linux.Abi;
using Dragoman.Linux.Loading;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Processes.Images;

/// <summary>What a process that is begun anew has besides the inherited state and the memory: its thread, dispositions and program.</summary>
internal static unsafe class ForkState
{
    /// <summary>Writes the state of a process.</summary>
    /// <param name="thread">The calling thread, the only one that is passed on.</param>
    /// <param name="child">What clone(2) was called with for a child; null when the thread itself is to go on.</param>
    /// <param name="writer">Takes it.</param>
    public static void Write(LinuxThread thread, CloneArguments? child, StateWriter writer)
    {
        var process = thread.Process;
        var program = process.Program;
        writer.Write(process.Guest.ElfMachine);
        writer.Write(program.Path);
        writer.Write(program.Arguments, argument => writer.Write(argument));
        writer.Write(program.Environment, variable => writer.Write(variable));
        writer.Write(program.Auxiliary);
        writer.Write(program.StackTop);
        writer.Write(program.StackBottom);
        writer.Write(program.ArgumentStart);
        writer.Write(process.Break.Start);
        writer.Write(process.Break.Current);
        writer.Write(process.SignalTrampoline);
        writer.Write(process.Memory.TaggedAddresses);
        for (var signal = 1; signal <= SignalNumbers.Last; signal++)
        {
            var action = process.Signals[signal];
            action = child is { } fresh && (fresh.Flags & CloneCalls.ClearHandlers) != 0 ? action.Cleared : action;
            writer.Write(action.Handler);
            writer.Write(action.Flags);
            writer.Write(action.Restorer);
            writer.Write(action.Mask);
        }

        writer.Write(thread.AlternateStack.Pointer);
        writer.Write(thread.AlternateStack.Length);
        writer.Write(thread.AlternateStack.Flags);
        writer.Write(child is { } cleared ? (cleared.Flags & CloneCalls.ChildClearTid) != 0 ? cleared.ChildTid : 0 : thread.ClearChildTid);
        writer.Write(child is null ? thread.RobustList : 0);
        writer.Write(child is not null);
        if (child is { } arguments)
        {
            writer.Write((arguments.Flags & CloneCalls.ChildSetTid) != 0 ? arguments.ChildTid : 0);
            writer.Write(arguments.Stack);
            writer.Write((arguments.Flags & CloneCalls.SetTls) != 0);
            writer.Write(arguments.Tls);
        }

        var state = thread.Vcpu.Env + VcpuHeader.GuestState;
        writer.Write(new ReadOnlySpan<byte>(state, process.Guest.StateSize - VcpuHeader.GuestState));
        var environment = thread.Vcpu.Header->Fp;
        writer.Write(new ReadOnlySpan<byte>(&environment, sizeof(FpStatus)));
    }

    public static LoadedProgram ReadProgram(StateReader reader) => new(
        reader.ReadText()!,
        reader.ReadList(() => reader.ReadText()!),
        reader.ReadList(() => reader.ReadText()!),
        reader.ReadBytes(),
        reader.ReadULong(),
        reader.ReadULong(),
        reader.ReadULong());

    public static void ReadProcess(LinuxProcess process, StateReader reader)
    {
        process.Break.Start = reader.ReadULong();
        process.Break.Current = reader.ReadULong();
        process.SignalTrampoline = reader.ReadULong();
        process.Memory.TaggedAddresses = reader.ReadBool();
        for (var signal = 1; signal <= SignalNumbers.Last; signal++)
        {
            var action = new SignalAction(reader.ReadULong(), reader.ReadULong(), reader.ReadULong(), reader.ReadULong());
            if (action.Handler != SignalAction.Default || action.Flags != 0)
            {
                process.Signals.Exchange(signal, action, []);
            }
        }
    }

    /// <summary>Reads the thread; the address of its thread id word is written when the memory is there.</summary>
    /// <returns>Guest address that takes the thread id (CLONE_CHILD_SETTID), or 0.</returns>
    public static ulong ReadThread(LinuxThread thread, StateReader reader)
    {
        thread.AlternateStack = new AlternateStack(reader.ReadULong(), reader.ReadULong(), reader.ReadInt());
        thread.ClearChildTid = reader.ReadULong();
        thread.RobustList = reader.ReadULong();
        var isChild = reader.ReadBool();
        ulong setTid = 0, stack = 0, tls = 0;
        var setTls = false;
        if (isChild)
        {
            setTid = reader.ReadULong();
            stack = reader.ReadULong();
            setTls = reader.ReadBool();
            tls = reader.ReadULong();
        }

        var state = reader.ReadBytes();
        state.CopyTo(new Span<byte>(thread.Vcpu.Env + VcpuHeader.GuestState, state.Length));
        FpStatus environment;
        reader.ReadBytes().CopyTo(new Span<byte>(&environment, sizeof(FpStatus)));
        thread.Vcpu.Header->Fp = environment;
        if (isChild)
        {
            thread.Process.Abi.StartClone(thread.Vcpu, thread.Process.Memory, stack, setTls, tls);
        }

        return setTid;
    }
}
