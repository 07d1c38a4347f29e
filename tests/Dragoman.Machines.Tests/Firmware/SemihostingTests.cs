using System.Text;
using Dragoman.Machines.Firmware;

namespace Dragoman.Machines.Tests.Firmware;

/// <summary>Semihosting as Arm's specification, release 3, has it, for AArch64.</summary>
public sealed class SemihostingTests : ISemihostedCpu
{
    private readonly byte[] _memory = new byte[4096];
    private readonly ManualClock _clock = new();
    private readonly Semihosting _semihosting;
    private string _printed = "";
    private int? _status;

    public SemihostingTests() => _semihosting = new Semihosting(_clock, "kernel one two", (0x4010_0000, 0x4800_0000));

    [Fact]
    public void Prints()
    {
        Put(0x100, "hello\0more"u8);
        Assert.Equal(0ul, Call(0x04, 0x100));
        _ = Call(0x03, 0x106);
        Assert.Equal("hellom", _printed);
    }

    [Theory]
    [InlineData(0x18u, 0x2_0026ul, 42ul, 42)]
    [InlineData(0x20u, 0x2_0026ul, 0ul, 0)]
    [InlineData(0x20u, 0x2_0023ul, 9ul, 1)] // ADP_Stopped_RunTimeErrorUnknown
    public void Exits(uint operation, ulong reason, ulong code, int status)
    {
        Words(0, reason, code);
        _ = Call(operation, 0);
        Assert.Equal(status, _status);
    }

    [Fact]
    public void The_console_is_a_file()
    {
        Put(0x100, ":tt\0"u8);
        Words(0, 0x100, 4, 3);
        var handle = Call(0x01, 0);
        Assert.Equal(2ul, handle);
        Put(0x200, "text"u8);
        Words(0, handle, 0x200, 4);
        Assert.Equal(0ul, Call(0x05, 0));
        Assert.Equal("text", _printed);
        Assert.Equal(1ul, Call(0x09, 0));
        Assert.Equal(0ul, Call(0x02, 0));
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Put(0x100, "/etc/passwd\0"u8);
        Words(0, 0x100, 0, 11);
        Assert.Equal(ulong.MaxValue, Call(0x01, 0));
        Assert.Equal(2ul, Call(0x13, 0));
    }

    [Fact]
    public void Gives_the_command_line()
    {
        Words(0, 0x200, 100);
        Assert.Equal(0ul, Call(0x15, 0));
        Assert.Equal("kernel one two\0", Encoding.ASCII.GetString(_memory, 0x200, 15));
        Assert.Equal(14ul, BitConverter.ToUInt64(_memory, 8));
        Words(0, 0x200, 14);
        Assert.Equal(ulong.MaxValue, Call(0x15, 0));
    }

    [Fact]
    public void Tells_time()
    {
        _clock.Advance(2_000_000_000);
        Assert.Equal(200ul, Call(0x10, 0));
        Assert.Equal(1_000_000_000ul, Call(0x31, 0));
        Assert.Equal(0ul, Call(0x30, 0x80));
        Assert.Equal(2_000_000_000ul, BitConverter.ToUInt64(_memory, 0x80));
    }

    [Fact]
    public void Wild_parameters_and_operations_do_nothing()
    {
        for (var operation = 0u; operation < 0x200; operation++)
        {
            _ = Call(operation, 0xFFFF_FFFF_FFFF_FFF0);
        }

        foreach (var absent in new uint[] { 0x07, 0x0E, 0x0F, 0x12, 0x0D, 0x99 })
        {
            Assert.Equal((ulong.MaxValue, 38ul), (Call(absent, 0), Call(0x13, 0)));
        }
    }

    [Fact]
    public void Tells_where_heap_and_stack_may_be()
    {
        Words(0, 0x300);
        Assert.Equal(0ul, Call(0x16, 0));
        Assert.Equal([0x4010_0000, 0x4800_0000, 0x4800_0000, 0x4010_0000], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(_memory.AsSpan(0x300, 32)).ToArray());
        Words(0, 0xFFF0);
        Assert.Equal(ulong.MaxValue, Call(0x16, 0));
    }

    [Fact]
    public void A_file_tells_of_extensions()
    {
        Put(0x100, ":semihosting-features\0"u8);
        Words(0, 0x100, 0, 21);
        var handle = Call(0x01, 0);
        Words(0, handle);
        Assert.Equal((5ul, 0ul), (Call(0x0C, 0), Call(0x09, 0)));
        Words(0, handle, 0x200, 4);
        Assert.Equal(0ul, Call(0x06, 0));
        Assert.Equal("SHFB"u8.ToArray(), _memory.AsSpan(0x200, 4).ToArray());
        Assert.Equal(3ul, Call(0x06, 0));
        Assert.Equal(3, _memory[0x200]);
        Assert.Equal(4ul, Call(0x06, 0));
        Words(0, handle, 4);
        Assert.Equal(0ul, Call(0x0A, 0));
        Words(0, handle, 6);
        Assert.Equal(ulong.MaxValue, Call(0x0A, 0));
        Words(0, 0x100, 4, 21);
        Assert.Equal(ulong.MaxValue, Call(0x01, 0));
    }

    bool ISemihostedCpu.TryRead(ulong address, Span<byte> bytes)
    {
        if (address > (ulong)_memory.Length || (ulong)bytes.Length > (ulong)_memory.Length - address)
        {
            return false;
        }

        _memory.AsSpan((int)address, bytes.Length).CopyTo(bytes);
        return true;
    }

    bool ISemihostedCpu.TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (address > (ulong)_memory.Length || (ulong)bytes.Length > (ulong)_memory.Length - address)
        {
            return false;
        }

        bytes.CopyTo(_memory.AsSpan((int)address));
        return true;
    }

    void ISemihostedCpu.Print(ReadOnlySpan<byte> bytes) => _printed += Encoding.ASCII.GetString(bytes);

    void ISemihostedCpu.Exit(int status) => _status = status;

    private ulong Call(uint operation, ulong parameter) => _semihosting.Call(this, operation, parameter);

    private void Put(int address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_memory.AsSpan(address));

    private void Words(int address, params ulong[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            BitConverter.TryWriteBytes(_memory.AsSpan(address + (i * 8)), words[i]);
        }
    }
}
