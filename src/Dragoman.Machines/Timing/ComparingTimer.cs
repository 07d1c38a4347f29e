using Dragoman.Machines.Interrupts;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Timing;

/// <summary>A timer that asserts its line once the counter has reached a value. Guarded by the big lock.</summary>
/// <remarks>Arm ARM, DDI 0487, section D12.2.4: the TimerValue view is a signed 32-bit difference.</remarks>
[UnderBigLock]
internal sealed class ComparingTimer
{
    private const int TimerValue = 0, Control = 1, CompareValue = 2;

    private const ulong Enable = 1, Mask = 2, Status = 4;

    private const ulong NanosecondsACount = 1_000_000_000 / GenericTimer.Frequency;

    private readonly IMachineClock _clock;
    private readonly InterruptLine _line;
    private readonly IAlarm _alarm;
    private ulong _control;
    private ulong _compareValue;

    public ComparingTimer(IMachineClock clock, InterruptLine line)
    {
        _clock = clock;
        _line = line;
        _alarm = clock.CreateAlarm(Update);
    }

    private ulong Count => CountAt(_clock.Nanoseconds);

    private bool IsMet => (_control & Enable) != 0 && Count >= _compareValue;

    /// <summary>The counter at a time.</summary>
    public static ulong CountAt(ulong nanoseconds) => nanoseconds / NanosecondsACount;

    /// <summary>Reads the register of an op2.</summary>
    public bool TryRead(int register, out ulong value)
    {
        value = register switch
        {
            TimerValue => (uint)(_compareValue - Count),
            Control => _control | (IsMet ? Status : 0),
            _ => _compareValue,
        };
        return register <= CompareValue;
    }

    /// <summary>Writes the register of an op2.</summary>
    public bool TryWrite(int register, ulong value)
    {
        switch (register)
        {
            case TimerValue:
                _compareValue = Count + (ulong)(int)value;
                break;
            case Control:
                _control = value & (Enable | Mask);
                break;
            case CompareValue:
                _compareValue = value;
                break;
            default:
                return false;
        }

        Update();
        return true;
    }

    /// <summary>Disables it.</summary>
    public void Reset()
    {
        (_control, _compareValue) = (0, 0);
        Update();
    }

    private void Update()
    {
        var isMet = IsMet;
        _line.Set(isMet && (_control & Mask) == 0);
        if ((_control & (Enable | Mask)) != Enable || isMet)
        {
            _alarm.Cancel();
            return;
        }

        _alarm.Set(_compareValue > ulong.MaxValue / NanosecondsACount ? ulong.MaxValue : _compareValue * NanosecondsACount);
    }
}
