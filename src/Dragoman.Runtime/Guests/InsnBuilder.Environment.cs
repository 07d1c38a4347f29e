using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// The registers behind the floating-point environment: what is written to them is unpacked into its bytes, and the cumulative exceptions live there.
public unsafe partial class InsnBuilder
{
    private static readonly HelperInfo s_takeDenormal = new(
        "take_denormal", typeof(InsnBuilder).GetMethod(nameof(TakeHostDenormal))!, (nint)(delegate*<byte*, ulong>)&TakeHostDenormal, 0, 0);

    /// <summary>The cumulative exceptions, in the positions of <see cref="Dragoman.Tcg.Abi.FpExceptions"/>, which are cleared. Usable beyond the next label.</summary>
    public Temp TakeExceptions()
    {
        Temp taken = Var(8, _tcg.Ld8u(TcgType.I32, s_fp + 5));
        _tcg.St8(TcgType.I32, Const(32, 0UL), s_fp + 5);
        return taken;
    }

    /// <summary>Adds to the cumulative exceptions; all that there are then.</summary>
    public Temp AddExceptions(Temp exceptions)
    {
        Temp all = _tcg.Or(TcgType.I32, _tcg.Ld8u(TcgType.I32, s_fp + 5), exceptions);
        _tcg.St8(TcgType.I32, all, s_fp + 5);
        return all;
    }

    /// <summary>DenormalOperand if the host's processor has met one since it was asked last, or 0 (<see cref="HostDenormals"/>). Usable beyond the next label.</summary>
    public Temp TakeDenormal() => Var(8, _tcg.Call(s_takeDenormal, TcgType.I32));

    /// <summary>Helper behind <see cref="TakeDenormal"/>.</summary>
    public static ulong TakeHostDenormal(byte* env) => HostDenormals.Take() ? (ulong)FpExceptions.DenormalOperand : 0;

    private Temp WithExceptions(Temp register)
    {
        FpEnvironmentLayout fp = _layout.FpEnvironment!;
        TcgType type = _tcg.TypeOf(register);
        int n = type == TcgType.I32 ? 32 : 64;
        Temp exceptions = _tcg.Ld8u(type, s_fp + 5);
        Temp merged = register;
        int at = 0;
        foreach (FpBits slice in fp.Sticky!.Slices)
        {
            Temp part = fp.Sticky.Slices.Count == 1 ? exceptions : _tcg.Extract(type, exceptions, at, slice.Width);
            merged = _tcg.Or(type, merged, Shl(n, part, slice.Low));
            at += slice.Width;
        }

        return fp.Summary is { } summary
            ? _tcg.Or(type, merged, Shl(n, _tcg.SetCond(type, TcgCond.Ne, exceptions, _tcg.Const(type, 0)), summary.Slices[0].Low))
            : merged;
    }

    private void UnpackEnvironment(int global, Temp value)
    {
        FpEnvironmentLayout fp = _layout.FpEnvironment!;
        foreach ((FpField field, int at, bool isSwitch) in fp.Unpacked)
        {
            if (field.Slices.Any(s => s.Global == global))
            {
                Temp number = Joined(field, global, value);
                _tcg.St8(TcgType.I32, isSwitch && field.Width > 1 ? _tcg.SetCond(TcgType.I32, TcgCond.Eq, number, Const(32, Static.Ones(field.Width))) : number, s_fp + at);
            }
        }

        if (fp.Sticky?.Slices[0].Global == global)
        {
            TcgType type = _tcg.TypeOf(value);
            _tcg.Mov(_tcg.Global(global), _tcg.And(type, value, _tcg.Const(type, ~fp.StatusMask & (type == TcgType.I32 ? uint.MaxValue : ulong.MaxValue))));
        }
    }

    /// <summary>The field's number, mapped, in an I32; the register <paramref name="global"/> has the value <paramref name="value"/>.</summary>
    private Temp Joined(FpField field, int global, Temp value)
    {
        Temp joined = Const(32, 0UL);
        int at = 0;
        foreach (FpBits slice in field.Slices)
        {
            Temp register = slice.Global == global ? value : _tcg.Global(slice.Global);
            joined = _tcg.Or(TcgType.I32, joined, Shl(32, Bits(slice.Bytes * 8, register, slice.Low, slice.Width), at));
            at += slice.Width;
        }

        if (field.Map == FpField.Identity)
        {
            return joined;
        }

        Temp entry = _tcg.Shr(TcgType.I64, Const(64, field.Map), _tcg.ExtuI32I64(Shl(32, joined, 2)));
        return _tcg.And(TcgType.I32, _tcg.ExtrlI64I32(entry), Const(32, 15UL));
    }
}
