using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Runtime.Guests;

/// <summary>
/// Ties <see cref="VcpuHeader.Fp"/> to the guest's control and status registers. A write to a control register is unpacked into the
/// environment; the cumulative exceptions live in the environment and are merged into the status register when it is read.
/// </summary>
/// <remarks>A switch is on when all its bits are set.</remarks>
public sealed class FpEnvironmentLayout
{
    // Computed at first use; threads that race compute the same.
    private UnpackedField[]? _unpacked;

    /// <summary>How NaNs propagate.</summary>
    public FpNanRule NanRule { get; init; }

    /// <summary>A trap comes after the result, and execution would go on behind the instruction; otherwise it restarts the instruction.</summary>
    public bool TrapsAfter { get; init; }

    /// <summary>Rounding direction, mapped to the numbers of <see cref="FpRounding"/>.</summary>
    public FpField? Rounding { get; init; }

    /// <summary>Switch: denormal inputs are zeros.</summary>
    public FpField? FlushInputs { get; init; }

    /// <summary>Switch: tiny results are flushed.</summary>
    public FpField? FlushOutputs { get; init; }

    /// <summary>Switch: results that are NaNs are the default NaN.</summary>
    public FpField? DefaultNan { get; init; }

    /// <summary>Switch: alternative half precision.</summary>
    public FpField? AlternativeHalf { get; init; }

    /// <summary>Exceptions that trap, in the positions of <see cref="FpExceptions"/>.</summary>
    public FpField? Enabled { get; init; }

    /// <summary>Exceptions that are kept from trapping, in the positions of <see cref="FpExceptions"/>.</summary>
    public FpField? Masked { get; init; }

    /// <summary>Cumulative exceptions, in the positions of <see cref="FpExceptions"/>; all in one register.</summary>
    public FpField? Sticky { get; init; }

    /// <summary>Reads as one when any cumulative exception is set; a bit of the register that holds <see cref="Sticky"/>.</summary>
    public FpField? Summary { get; init; }

    /// <summary>The fields that a register's write is unpacked into, with the byte of <see cref="FpStatus"/> each, and whether it is a switch.</summary>
    internal IReadOnlyList<UnpackedField> Unpacked => _unpacked ??= Unpack();

    /// <summary>Whether a write of this global changes the environment.</summary>
    internal bool IsUnpacked(int global)
    {
        foreach (UnpackedField field in Unpacked)
        {
            foreach (FpBits slice in field.Field.Slices)
            {
                if (slice.Global == global)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Bits of the status register that do not live there.</summary>
    internal ulong StatusMask => (Sticky?.Place(ulong.MaxValue) ?? 0) | (Summary?.Slices[0].Mask ?? 0);

    /// <summary>Brings the environment up to the registers, after something other than translated code wrote them (sigreturn, a system call, a debugger).</summary>
    public unsafe void Load(byte* env)
    {
        byte* status = (byte*)&((VcpuHeader*)env)->Fp;
        new Span<byte>(status, sizeof(FpStatus)).Clear();
        _ = ReportsDenormals && HostDenormals.Take();
        ((FpStatus*)status)->NanRule = NanRule;
        ((FpStatus*)status)->ReportsDenormals = ReportsDenormals;
        foreach ((FpField field, int at, bool isSwitch) in Unpacked)
        {
            ulong value = field.Read(env);
            status[at] = isSwitch ? (value == Static.Ones(field.Width) ? (byte)1 : (byte)0)
                : field.Map == FpField.Identity ? (byte)value
                : (byte)(field.Map >> ((int)value * 4) & 15);
        }
    }

    /// <summary>Brings the status register up to the environment, before something other than translated code reads it.</summary>
    public unsafe void Store(byte* env)
    {
        Collect(env);
        ulong exceptions = (ulong)((VcpuHeader*)env)->Fp.Exceptions;
        Sticky?.Write(env, exceptions);
        Summary?.Slices[0].Write(env, exceptions != 0 ? 1UL : 0UL);
    }

    /// <summary>Takes into the environment what the host alone knows: denormal operands of what it computed. The vCPU's thread.</summary>
    public unsafe void Collect(byte* env)
    {
        if (ReportsDenormals && HostDenormals.Take())
        {
            ((VcpuHeader*)env)->Fp.Exceptions |= FpExceptions.DenormalOperand;
        }
    }

    // x86 collects one exception more than IEEE 754 has.
    private bool ReportsDenormals => NanRule == FpNanRule.X86Sse && Sticky is { Width: > 5 };

    private UnpackedField[] Unpack()
    {
        List<UnpackedField> fields = [];
        void Add(FpField? field, int at, bool isSwitch)
        {
            if (field is not null)
            {
                fields.Add(new UnpackedField(field, at, isSwitch));
            }
        }

        Add(Rounding, 0, false);
        Add(FlushInputs, 1, true);
        Add(FlushOutputs, 2, true);
        Add(DefaultNan, 3, true);
        Add(Sticky, 5, false);
        Add(AlternativeHalf, 6, true);
        Add(Enabled, 8, false);
        Add(Masked, 9, false);
        return [.. fields];
    }

    /// <summary>A field and where it is unpacked to.</summary>
    internal sealed record UnpackedField(FpField Field, int Byte, bool IsSwitch);
}
