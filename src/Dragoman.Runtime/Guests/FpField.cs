namespace Dragoman.Runtime.Guests;

/// <summary>Register bits joined to one number that steers the floating-point environment, least significant slice first.</summary>
public sealed record FpField(IReadOnlyList<FpBits> Slices)
{
    /// <summary>Each number stands for itself.</summary>
    public const ulong Identity = 0xFEDC_BA98_7654_3210;

    /// <summary>What each number stands for: four bits for each.</summary>
    public ulong Map { get; init; } = Identity;

    /// <summary>Bits of the joined number.</summary>
    public int Width
    {
        get
        {
            int width = 0;
            foreach (FpBits slice in Slices)
            {
                width += slice.Width;
            }

            return width;
        }
    }

    /// <summary>The number, not yet mapped, from the registers in the block.</summary>
    public unsafe ulong Read(byte* env)
    {
        ulong value = 0;
        int at = 0;
        foreach (FpBits slice in Slices)
        {
            value |= (slice.Register(env) >> slice.Low & Static.Ones(slice.Width)) << at;
            at += slice.Width;
        }

        return value;
    }

    /// <summary>The number's bits where they stand in the register, which all slices are of.</summary>
    public ulong Place(ulong value)
    {
        ulong register = 0;
        foreach (FpBits slice in Slices)
        {
            register |= (value & Static.Ones(slice.Width)) << slice.Low;
            value >>= slice.Width;
        }

        return register;
    }

    /// <summary>Puts the number into the registers in the block.</summary>
    public unsafe void Write(byte* env, ulong value)
    {
        foreach (FpBits slice in Slices)
        {
            slice.Write(env, value & Static.Ones(slice.Width));
            value >>= slice.Width;
        }
    }
}
