using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Backends;

namespace Dragoman.Oracles.Tests;

/// <summary>
/// One engine with a little code, and memory with an edge of every kind. In pages of the guest: two to write, one to read, a hole, one to write, one
/// without access, one to write, and nothing behind.
/// </summary>
internal sealed class AccessMachine : IDisposable
{
    public const int Pages = 7;
    private const ulong Code = 0x100000;
    private static readonly int[] s_writable = [0, 1, 4, 6];

    private readonly StoppingKernel _kernel = new();
    private readonly UserMachine _machine;
    private readonly Vcpu _vcpu;
    private readonly ulong _page;

    public AccessMachine(IGuest guest, ITcgBackend engine, IReadOnlyList<uint[]> programs)
    {
        _page = (ulong)guest.PageSize;
        _machine = new UserMachine(guest, new RuntimeOptions(), engine, hot: null, _kernel);
        foreach (int page in s_writable)
        {
            Map(Start + (ulong)page * _page, _page, GuestProtection.Read | GuestProtection.Write);
        }

        Map(Start + 2 * _page, _page, GuestProtection.Read);
        Map(Start + 5 * _page, _page, GuestProtection.None);
        Map(Code, 0x10000, GuestProtection.Read | GuestProtection.Write);
        for (int i = 0; i < programs.Count; i++)
        {
            Assert.True(_machine.Memory.TryWrite(At(i), MemoryMarshal.AsBytes<uint>(programs[i])));
        }

        Assert.Equal(0, _machine.Memory.Protect(Code, 0x10000, GuestProtection.Read | GuestProtection.Execute));
        _vcpu = _machine.CreateVcpu();
    }

    /// <summary>The first page's address.</summary>
    public static ulong Start => 0x20000;

    /// <summary>What the engine made of a program.</summary>
    public sealed record Result(GuestException Exception, byte[] State, byte[] Memory, ulong Monitor);

    /// <summary>Runs a program from a state, on memory filled with a pattern.</summary>
    public Result Run(int program, Action<Vcpu> load, byte[] pattern)
    {
        foreach (int page in s_writable)
        {
            Assert.True(_machine.Memory.TryWrite(Start + (ulong)page * _page, pattern.AsSpan(page * (int)_page, (int)_page)));
        }

        _vcpu.Reset();
        load(_vcpu);
        _vcpu.Pc = At(program);
        _machine.Run(_vcpu);
        byte[] memory = new byte[Pages * (int)_page];
        foreach (int page in s_writable)
        {
            Assert.True(_machine.Memory.TryRead(Start + (ulong)page * _page, memory.AsSpan(page * (int)_page, (int)_page)));
        }

        return new Result(_kernel.Exception, _vcpu.State(), memory, _vcpu.Monitor());
    }

    /// <summary>Whether an address is the guest's, so that the host has found the fault there.</summary>
    public bool IsGuest(ulong address) => address < _machine.Memory.Limit;

    public void Dispose() => _machine.Dispose();

    private static ulong At(int program) => Code + 16 * (ulong)program;

    private void Map(ulong address, ulong length, GuestProtection protection) =>
        Assert.Equal((long)address, _machine.Memory.Map(address, length, protection, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed));
}
