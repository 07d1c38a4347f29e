using System.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>A guest process without a program: system calls are made on it directly.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly HostDispositions _dispositions = new();
    private ulong _next;

    public TestProcess(FakeGuest? guest = null)
    {
        var options = new LinuxOptions
        {
            Program = "test",
            FindGuest = _ => null,
            CreateBackends = _ => (new NoBackend(), null),
            Runtime = new RuntimeOptions { RegionLog2 = 40 },
        };
        Process = new LinuxProcess(options, guest ?? FakeGuest.AArch64())
        {
            Signals = new ProcessSignals(0),
            Program = new Dragoman.Linux.Loading.LoadedProgram("/guest/program", ["program", "one"], ["A=1"], [1, 2, 3], 0, 0, 0x1234),
        };
        Process.Machine.Memory.MmapBase = 0x10_0000_0000;
        Process.Files.Adopt(0, 0);
        Process.Files.Adopt(1, 1);
        Process.Files.Adopt(2, 2);
        Thread = new LinuxThread(Process, Process.Machine.CreateVcpu(), isMain: true);
        Process.AddThread(Thread);

        // The queue of arrived signals is the host process's: what an earlier test left is not this guest's.
        HostSignals.Drain([]);
        Thread.Enter();
        Data = (ulong)Process.Machine.Memory.Map(0, 0x10000, GuestProtection.Read | GuestProtection.Write, GuestMapFlags.Private | GuestMapFlags.Anonymous);
        _next = Data;
    }

    public LinuxProcess Process { get; }

    public LinuxThread Thread { get; }

    /// <summary>64 KiB of memory; nothing is mapped right after it.</summary>
    public ulong Data { get; }

    public void Dispose()
    {
        Thread.Leave();
        Process.Machine.Dispose();
        _dispositions.Restore();
    }

    public long Call(Syscall syscall, params ReadOnlySpan<ulong> arguments)
    {
        SyscallArguments list = default;
        for (var i = 0; i < arguments.Length; i++)
        {
            list[i] = arguments[i];
        }

        return SyscallDispatcher.Call(Thread, new SyscallRequest(0, syscall, list));
    }

    /// <summary>Takes room in <see cref="Data"/>.</summary>
    public ulong Alloc(int size)
    {
        var at = _next;
        _next += (ulong)((size + 15) & ~15);
        return at;
    }

    public ulong Text(string text) => Bytes([.. Encoding.Latin1.GetBytes(text), 0]);

    public ulong Bytes(byte[] bytes)
    {
        var at = Alloc(bytes.Length);
        Assert.True(Process.Memory.TryWrite(at, bytes));
        return at;
    }

    public byte[] Read(ulong address, int length)
    {
        var bytes = new byte[length];
        Assert.True(Process.Memory.TryRead(address, bytes));
        return bytes;
    }

    public T Read<T>(ulong address)
        where T : unmanaged
    {
        Assert.True(Process.Memory.TryRead(address, out T value));
        return value;
    }

    public void Write<T>(ulong address, T value)
        where T : unmanaged => Assert.True(Process.Memory.TryWrite(address, value));
}
