using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>Ending, executing, and what a process tells about itself.</summary>
internal static unsafe class ProcessCalls
{
    /// <summary>Bytes of each of uname's strings, and how many there are.</summary>
    public const int NameLength = 65, NameCount = 6;

    private const int SetDeathSignal = 1, GetDeathSignal = 2, GetDumpable = 3, SetDumpable = 4, GetKeepCaps = 7, SetKeepCaps = 8, SetName = 15, GetName = 16,
        GetSeccomp = 21, CapBoundSetRead = 23, CapBoundSetDrop = 24, SetTimerSlack = 29, GetTimerSlack = 30, SetChildSubreaper = 36, GetChildSubreaper = 37,
        SetNoNewPrivileges = 38, GetNoNewPrivileges = 39, GetTidAddress = 40, GetHugePagesOff = 42, CapAmbient = 47, SetTaggedAddress = 55, GetTaggedAddress = 56, GetMemoryFailure = 34, GetSpeculation = 52, GetWriteExecute = 66,
        SetVma = 0x53564d41;

    public static long ExitThread(LinuxThread thread, int status)
    {
        ThreadCalls.Release(thread);
        var process = thread.Process;
        if (thread.IsMain)
        {
            process.SetLeaderStatus(status);
        }

        thread.Ended = true;
        process.RemoveThread(thread);
        return Errno.NoResultValue;
    }

    public static long ExitGroup(LinuxThread thread, int status)
    {
        thread.Ended = true;
        thread.Process.Exit(thread, status);
        return Errno.NoResultValue;
    }

    public static long Execute(LinuxThread thread, ulong path, ulong arguments, ulong environment) =>
        thread.Paths.Read(path, out var error) is { } name ? ProcessImage.Execute(thread, name, arguments, environment) : -error;

    public static long ExecuteAt(LinuxThread thread, int directory, ulong path, ulong arguments, ulong environment, int flags)
    {
        const int EmptyPath = 0x1000;
        if (thread.Paths.Read(path, out var error) is not { } name)
        {
            return -error;
        }

        if (!name.StartsWith('/') && directory != HostPath.AtCwd)
        {
            var host = thread.Process.Files.ToHost(directory);
            if (host < 0)
            {
                return -Errno.EBADF;
            }

            if (name.Length == 0 && (flags & EmptyPath) == 0)
            {
                return -Errno.ENOENT;
            }

            name = name.Length == 0 ? $"/proc/self/fd/{directory}" : HostPath.OfDescriptor(host) + "/" + name;
        }

        return ProcessImage.Execute(thread, name, arguments, environment);
    }

    public static long Personality(LinuxThread thread, uint persona)
    {
        var old = thread.Process.Persona;
        if (persona != 0xFFFFFFFF)
        {
            thread.Process.Persona = persona;
        }

        return old;
    }

    /// <summary>uname: the host's names with the guest's machine.</summary>
    public static long Uname(LinuxThread thread, ulong address)
    {
        Span<byte> names = stackalloc byte[NameCount * NameLength];
        return ReadNames(thread, names) is < 0 and var error ? error : thread.Process.Memory.TryWrite(address, names) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Fills in struct utsname: 0 or a negated errno.</summary>
    public static long ReadNames(LinuxThread thread, Span<byte> names)
    {
        const int MachineIndex = 4;
        fixed (byte* buffer = names)
        {
            var result = HostCall.Invoke(Syscall.Uname, (nint)buffer);
            if (result < 0)
            {
                return result;
            }
        }

        var machine = names.Slice(MachineIndex * NameLength, NameLength);
        machine.Clear();
        ByteText.Copy(thread.Process.Abi.MachineName, machine);
        return 0;
    }

    public static long Prctl(LinuxThread thread, int option, ulong a, ulong b, ulong c, ulong d)
    {
        var memory = thread.Process.Memory;
        switch (option)
        {
            case SetDeathSignal:
                return a > SignalNumbers.Last
                    ? -Errno.EINVAL
                    : HostCall.Invoke(Syscall.Prctl, option, SignalNumbers.ToHost(thread.Process.Abi.Numbers.Signals.ToHost((int)a)));
            case GetDeathSignal:
                int signal;
                var got = HostCall.Invoke(Syscall.Prctl, option, (nint)(&signal));
                signal = thread.Process.Abi.Numbers.Signals.ToGuest(SignalNumbers.ToGuest(signal));
                return got < 0 ? got : memory.TryWrite(a, signal) ? 0 : -Errno.EFAULT;
            case SetName:
                return HostCall.Invoke(Syscall.Prctl, option, memory.ToHost(a));
            case GetName or GetChildSubreaper:
                return thread.Buffers.Return(HostCall.Invoke(Syscall.Prctl, option, thread.Buffers.ToHost(a)));
            case GetTidAddress:
                return GuestWord.TryWrite(thread, a, thread.ClearChildTid) ? 0 : -Errno.EFAULT;
            case SetTaggedAddress:
                if ((a & ~1UL) != 0 || b != 0 || c != 0 || d != 0 || !thread.Process.Guest.IgnoresTopByte)
                {
                    return -Errno.EINVAL;
                }

                memory.TaggedAddresses = (a & 1) != 0;
                return 0;
            case GetTaggedAddress:
                return thread.Process.Guest.IgnoresTopByte ? (memory.TaggedAddresses ? 1 : 0) : -Errno.EINVAL;
            case SetVma:
                // Naming anonymous memory: a courtesy to readers of maps.
                return 0;
            case GetDumpable or SetDumpable or GetKeepCaps or SetKeepCaps or GetSeccomp or CapBoundSetRead or CapBoundSetDrop or SetTimerSlack or GetTimerSlack
                or SetChildSubreaper or SetNoNewPrivileges or GetNoNewPrivileges or CapAmbient or GetHugePagesOff or GetMemoryFailure or GetSpeculation or GetWriteExecute:
                return HostCall.Invoke(Syscall.Prctl, option, (nint)a, (nint)b, (nint)c, (nint)d);
            default:
                return -Errno.EINVAL;
        }
    }
}
