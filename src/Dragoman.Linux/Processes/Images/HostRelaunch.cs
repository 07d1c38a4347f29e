using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Linux.Host;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// Starts this program again in place of the calling process or in a child, to take up a state. Signals stay blocked on the host from before the
/// last look at them until the new program's guest threads open their masks: what comes in between stays pending.
/// </summary>
internal sealed unsafe class HostRelaunch : IDisposable
{
    private const int FileSizeExceeded = 25;
    private const string WriteXorExecute = "DOTNET_EnableWriteXorExecute";

    private readonly List<nint> _memory = [];
    private readonly nint _path;
    private readonly nint _arguments;
    private readonly nint _environment;
    private ulong _oldMask;

    /// <summary>Prepares the command line.</summary>
    /// <param name="options">Holds <see cref="LinuxOptions.Relaunch"/>, which is not null.</param>
    /// <param name="state">Descriptor of the state.</param>
    /// <param name="program">The guest program's path, for those who list processes.</param>
    public HostRelaunch(LinuxOptions options, int state, string program)
    {
        var command = options.Relaunch!;
        _path = Terminated(ByteText.Bytes(command[0]));
        _arguments = Vector(
            [.. command.Select(ByteText.Bytes), "--take-up"u8.ToArray(), Encoding.ASCII.GetBytes(state.ToString(CultureInfo.InvariantCulture)),
                ByteText.Bytes(program)]);
        var environment = new List<byte[]>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment.Add(Encoding.UTF8.GetBytes($"{variable.Key}={variable.Value}"));
        }

        // A child runs for a short time more often than not: not mapping every piece of compiled code twice is a fifth of its start.
        if (Environment.GetEnvironmentVariable(WriteXorExecute) is null)
        {
            environment.Add(Encoding.ASCII.GetBytes(WriteXorExecute + "=0"));
        }

        _environment = Vector(environment);
    }

    /// <summary>Blocks every signal that the guest could see, on the calling host thread.</summary>
    public void BlockSignals()
    {
        ulong all = HostSignals.Blockable;
        fixed (ulong* old = &_oldMask)
        {
            HostCall.Invoke(Syscall.RtSigprocmask, 2, (nint)(&all), (nint)old, 8);
        }
    }

    /// <summary>Undoes <see cref="BlockSignals"/>.</summary>
    /// <param name="result">What became of it all: a negated errno or a result.</param>
    /// <returns>The error that the guest gets.</returns>
    public long UnblockSignals(long result)
    {
        if (result == -Errno.EFBIG)
        {
            // The state is larger than the guest's files may be (RLIMIT_FSIZE). The signal for that is no guest's, nor is the error one of fork or execve.
            ulong tooLarge = 1UL << (FileSizeExceeded - 1);
            var none = stackalloc long[2];
            none[0] = none[1] = 0;
            HostCall.Invoke(Syscall.RtSigtimedwait, (nint)(&tooLarge), 0, (nint)none, 8);
            result = -Errno.ENOMEM;
        }

        var old = _oldMask;
        HostCall.Invoke(Syscall.RtSigprocmask, 2, (nint)(&old), 0, 8);
        return result;
    }

    /// <summary>execve: returns a negated errno, or not at all.</summary>
    public long Execute() => HostCall.Invoke(Syscall.Execve, _path, _arguments, _environment);

    /// <summary>Forks a child that executes: its process id or a negated errno. The calling thread waits until the child has executed.</summary>
    /// <param name="flags">What clone(2) is asked for besides. An exit signal is not: execve gives a program SIGCHLD.</param>
    public long Fork(ulong flags)
    {
        // The child borrows this address space and stack until it executes: it touches no memory, and nothing need be copied for it.
        const nint SharedUntilExecute = 0x4100;
        var fork = (delegate* unmanaged<nint, nint, nint, nint, nint>)HostStubs.Fork;
        return fork(SharedUntilExecute | SignalNumbers.Chld | (nint)flags, _path, _arguments, _environment);
    }

    public void Dispose()
    {
        foreach (var block in _memory)
        {
            NativeMemory.Free((void*)block);
        }
    }

    private nint Vector(IReadOnlyList<byte[]> strings)
    {
        var vector = (nint*)NativeMemory.Alloc((nuint)((strings.Count + 1) * sizeof(nint)));
        _memory.Add((nint)vector);
        for (var i = 0; i < strings.Count; i++)
        {
            vector[i] = Terminated(strings[i]);
        }

        vector[strings.Count] = 0;
        return (nint)vector;
    }

    private nint Terminated(byte[] bytes)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        _memory.Add((nint)copy);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return (nint)copy;
    }
}
