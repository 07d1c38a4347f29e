using Dragoman.Machines.Devices;
using Dragoman.Machines.Interrupts;

namespace Dragoman.Machines.Tests.Devices;

/// <summary>The PrimeCell UART as DDI 0183 has it.</summary>
public sealed class Pl011Tests
{
    private const ulong Dr = 0, Fr = 0x18, LcrH = 0x2C, Cr = 0x30, Ifls = 0x34, Imsc = 0x38, Ris = 0x3C, Mis = 0x40, Icr = 0x44;

    private readonly TestPort _port = new();
    private readonly InterruptLine _line = InterruptLine.Unconnected;
    private readonly Pl011 _uart;

    public Pl011Tests() => _uart = new Pl011(_port, _line);

    [Fact]
    public void Identifies_itself()
    {
        Assert.Equal([0x11, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1], Enumerable.Range(0, 8).Select(i => (int)_uart.Read(0xFE0 + ((ulong)i * 4), 4)));
        Assert.Equal(0x300ul, _uart.Read(Cr, 4));
        Assert.Equal(0x12ul, _uart.Read(Ifls, 4));
        Assert.Equal(0x90ul, _uart.Read(Fr, 4));
    }

    [Fact]
    public void Sends_bytes_and_says_so()
    {
        _uart.Write(Imsc, 1 << 5, 4);
        Assert.False(_line.IsAsserted);
        foreach (var value in "hi"u8)
        {
            _uart.Write(Dr, value, value == 'h' ? 1 : 4);
        }

        Assert.Equal("hi", _port.Output);
        Assert.True(_line.IsAsserted);
        Assert.Equal(1ul << 5, _uart.Read(Mis, 4));
        _uart.Write(Icr, 1 << 5, 4);
        Assert.False(_line.IsAsserted);
    }

    [Fact]
    public void Without_fifos_it_holds_one_byte()
    {
        _uart.Write(Imsc, 1 << 4, 4);
        _port.Type("ab");
        Assert.Equal(1ul << 6, _uart.Read(Fr, 4) & 0x50); // full
        Assert.True(_line.IsAsserted);
        Assert.Equal('a', (char)_uart.Read(Dr, 4));
        Assert.True(_line.IsAsserted); // the next has moved up
        Assert.Equal('b', (char)_uart.Read(Dr, 4));
        Assert.False(_line.IsAsserted);
        Assert.Equal(1ul << 4, _uart.Read(Fr, 4) & 0x50); // empty
    }

    [Theory]
    [InlineData(0u, 2)]
    [InlineData(2u, 8)]
    [InlineData(4u, 14)]
    public void With_fifos_it_interrupts_at_a_level_and_on_a_time_out(uint level, int trigger)
    {
        _uart.Write(LcrH, 1 << 4, 4);
        _uart.Write(Ifls, level << 3, 4);
        _port.Type(new string('x', trigger - 1));
        Assert.Equal(1ul << 6, _uart.Read(Ris, 4)); // receive time-out
        _port.Type("x");
        Assert.Equal(1ul << 6 | 1 << 4, _uart.Read(Ris, 4));
        _ = _uart.Read(Dr, 4);
        Assert.Equal(1ul << 6, _uart.Read(Ris, 4));
        while ((_uart.Read(Fr, 4) & 1 << 4) == 0)
        {
            _ = _uart.Read(Dr, 4);
        }

        Assert.Equal(0ul, _uart.Read(Ris, 4));
    }

    [Fact]
    public void Loses_nothing_that_comes_faster_than_it_is_read()
    {
        _uart.Write(LcrH, 1 << 4, 4);
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => (char)('!' + (i % 90))));
        _port.Type(text);
        Assert.Equal(text, string.Concat(Enumerable.Range(0, 100).Select(_ => (char)_uart.Read(Dr, 4))));
    }

    [Fact]
    public void Loops_back()
    {
        _uart.Write(Cr, 0x381, 4);
        _uart.Write(Dr, 'z', 4);
        Assert.Equal("", _port.Output);
        Assert.Equal('z', (char)_uart.Read(Dr, 4));
    }
}
