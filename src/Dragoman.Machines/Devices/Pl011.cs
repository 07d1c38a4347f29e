using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Serial;

namespace Dragoman.Machines.Devices;

/// <summary>Arm's PrimeCell UART. Guarded by the big lock.</summary>
/// <remarks>
/// DDI 0183, r1p1 with FIFOs of 16. The line is infinitely fast: what is sent is gone at once, also while UARTCR disables the UART (images for QEMU's virt count
/// on it), and a receive time-out passes at once.
/// </remarks>
public sealed class Pl011 : RegisterDevice
{
    private const uint
        Dr = 0x00, Rsr = 0x04, Fr = 0x18, Ilpr = 0x20, Ibrd = 0x24, Fbrd = 0x28, LcrH = 0x2C, Cr = 0x30, Ifls = 0x34, Imsc = 0x38, Ris = 0x3C, Mis = 0x40,
        Icr = 0x44, Dmacr = 0x48, Peripheral = 0x0014_1011;

    private const uint RxEmpty = 1 << 4, RxFull = 1 << 6, TxEmpty = 1 << 7;

    private const uint Received = 1 << 4, Sent = 1 << 5, TimedOut = 1 << 6, Implemented = 0x7FF;

    private const uint FifoEnable = 1 << 4, LoopBack = 1 << 7;

    private const int FifoSize = 16;

    private readonly ISerialPort _port;
    private readonly InterruptLine _line;
    private readonly Queue<byte> _fifo = new(FifoSize);
    private uint _lowPower, _integerDivisor, _fractionalDivisor, _lineControl, _control = 0x300, _levels = 0x12, _mask, _raw, _dma;

    /// <summary>Creates a UART.</summary>
    /// <param name="port">Where its line ends.</param>
    /// <param name="line">UARTINTR.</param>
    public Pl011(ISerialPort port, InterruptLine line)
    {
        _port = port;
        _line = line;
        port.Arrived = Fill;
    }

    private int Depth => (_lineControl & FifoEnable) != 0 ? FifoSize : 1;

    /// <summary>UARTIFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4 or 7/8 of the FIFO.</summary>
    private int Trigger => Depth == 1 ? 1 : (_levels >> 3 & 7) switch
    {
        0 => 2,
        1 => 4,
        2 => 8,
        3 => 12,
        _ => 14,
    };

    protected override uint ReadRegister(uint offset, int vcpu) => offset switch
    {
        Dr => Receive(),
        Fr => TxEmpty | (_fifo.Count == 0 ? RxEmpty : 0) | (_fifo.Count >= Depth ? RxFull : 0),
        Ilpr => _lowPower,
        Ibrd => _integerDivisor,
        Fbrd => _fractionalDivisor,
        LcrH => _lineControl,
        Cr => _control,
        Ifls => _levels,
        Imsc => _mask,
        Ris => _raw,
        Mis => _raw & _mask,
        Dmacr => _dma,
        _ => PrimeCellId.TryRead(Peripheral, offset, out var id) ? id : 0,
    };

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        switch (offset)
        {
            case Dr:
                Send((byte)value);
                break;
            case Ilpr:
                _lowPower = value & 0xFF;
                break;
            case Ibrd:
                _integerDivisor = value & 0xFFFF;
                break;
            case Fbrd:
                _fractionalDivisor = value & 0x3F;
                break;
            case LcrH:
                WriteLineControl(Merge(_lineControl, value, mask) & 0xFF);
                break;
            case Cr:
                _control = Merge(_control, value, mask) & 0xFF87;
                break;
            case Ifls:
                _levels = value & 0x3F;
                break;
            case Imsc:
                _mask = Merge(_mask, value, mask) & Implemented;
                break;
            case Icr:
                _raw &= ~value;
                break;
            case Dmacr:
                _dma = value & 7;
                break;
            case Rsr:
                // Clears errors, of which there are none.
                break;
        }

        Update();
    }

    private void Send(byte value)
    {
        if ((_control & LoopBack) == 0)
        {
            _port.Write([value]);
        }
        else if (_fifo.Count < Depth)
        {
            Take(value);
        }

        // The transmit FIFO has gone from above its level to empty.
        _raw |= Sent;
    }

    private uint Receive()
    {
        _ = _fifo.TryDequeue(out var value);
        if (_fifo.Count < Trigger)
        {
            _raw &= ~Received;
        }

        if (_fifo.Count == 0)
        {
            _raw &= ~TimedOut;
        }

        Fill();
        return value;
    }

    /// <summary>Takes what has come, as far as there is room.</summary>
    private void Fill()
    {
        while (_fifo.Count < Depth && (_control & LoopBack) == 0 && _port.TryRead(out var value))
        {
            Take(value);
        }

        Update();
    }

    private void Take(byte value)
    {
        _fifo.Enqueue(value);
        _raw |= TimedOut | (_fifo.Count >= Trigger ? Received : 0);
    }

    // Enabling or disabling the FIFOs empties them (section 3.3.7).
    private void WriteLineControl(uint value)
    {
        if (((value ^ _lineControl) & FifoEnable) != 0)
        {
            _fifo.Clear();
            _raw &= ~(Received | TimedOut);
        }

        _lineControl = value;
        Fill();
    }

    private void Update() => _line.Set((_raw & _mask) != 0);
}
