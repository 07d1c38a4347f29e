using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Timing;

namespace Dragoman.Machines.Devices;

/// <summary>Arm's PrimeCell real-time clock: seconds since 1970, of the host's clock when it starts. Guarded by the big lock.</summary>
/// <remarks>DDI 0224.</remarks>
public sealed class Pl031 : RegisterDevice
{
    private const uint Dr = 0x00, Mr = 0x04, Lr = 0x08, Cr = 0x0C, Imsc = 0x10, Ris = 0x14, Mis = 0x18, Icr = 0x1C, Peripheral = 0x0004_1031;

    private const ulong Second = 1_000_000_000;

    private readonly IMachineClock _clock;
    private readonly InterruptLine _line;
    private readonly IAlarm _alarm;

    // What the clock showed when the machine's time was 0.
    private uint _offset;
    private uint _match, _load, _mask, _raw;

    /// <summary>Creates a clock.</summary>
    /// <param name="clock">What it counts by.</param>
    /// <param name="now">What it shows now.</param>
    /// <param name="line">RTCINTR.</param>
    public Pl031(IMachineClock clock, DateTimeOffset now, InterruptLine line)
    {
        _clock = clock;
        _line = line;
        _load = (uint)now.ToUnixTimeSeconds();
        _offset = _load - Passed;
        _alarm = clock.CreateAlarm(Match);
    }

    private uint Passed => (uint)(_clock.Nanoseconds / Second);

    private uint Now => _offset + Passed;

    protected override uint ReadRegister(uint offset, int vcpu) => offset switch
    {
        Dr => Now,
        Mr => _match,
        Lr => _load,
        Cr => 1,
        Imsc => _mask,
        Ris => _raw,
        Mis => _raw & _mask,
        _ => PrimeCellId.TryRead(Peripheral, offset, out var id) ? id : 0,
    };

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        switch (offset)
        {
            case Mr:
                _match = value;
                SetAlarm();
                break;
            case Lr:
                _load = value;
                _offset = value - Passed;
                SetAlarm();
                break;
            case Imsc:
                _mask = value & 1;
                break;
            case Icr:
                _raw &= ~value;
                break;
        }

        _line.Set((_raw & _mask) != 0);
    }

    // The counter wraps: every match is in the future, 2^32 seconds away at most.
    private void SetAlarm()
    {
        var (match, seconds) = (_match - Now, _clock.Nanoseconds / Second);
        if (match == 0)
        {
            _raw = 1;
            _alarm.Cancel();
            return;
        }

        _alarm.Set((seconds + match) * Second);
    }

    // The alarm is that of the match, however late it is.
    private void Match()
    {
        _raw = 1;
        _line.Set((_raw & _mask) != 0);
    }
}
