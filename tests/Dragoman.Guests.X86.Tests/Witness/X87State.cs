namespace Dragoman.Guests.Tests.Witness;

/// <summary>The x87's registers, as FXSAVE shows them (SDM 2A, table 3-46).</summary>
public sealed class X87State
{
    /// <summary>C1, and the exception of a result that was rounded.</summary>
    public const int C1 = 0x200, Precision = 0x20;

    private const int TopBit = 11;

    /// <summary>ST(0) to ST(7), 80 bits each.</summary>
    public UInt128[] Stack { get; } = new UInt128[8];

    /// <summary>The control word.</summary>
    public ushort Control { get; set; } = 0x37F;

    /// <summary>The status word, with TOP.</summary>
    public ushort Status { get; set; }

    /// <summary>The abridged tag word.</summary>
    public byte Tags { get; set; }

    /// <summary>The physical number of ST(0).</summary>
    public int Top => Status >> TopBit & 7;

    /// <summary>Where two states differ.</summary>
    /// <param name="ignored">Bits of the status word that are not compared; if they include <see cref="Precision"/>, values need only be near each other.</param>
    public IEnumerable<string> Differences(X87State other, int ignored)
    {
        bool isApproximate = (ignored & Precision) != 0;
        if (Control != other.Control)
        {
            yield return $"FCW {Control:x4} and {other.Control:x4}";
        }

        if (((Status ^ other.Status) & ~ignored) != 0)
        {
            yield return $"FSW {Status:x4} and {other.Status:x4}";
        }

        if (Tags != other.Tags)
        {
            yield return $"FTW {Tags:x2} and {other.Tags:x2}";
        }

        for (int i = 0; i < Stack.Length; i++)
        {
            if (Stack[i] != other.Stack[i] && !(isApproximate && AreNear(Stack[i], other.Stack[i])))
            {
                yield return $"st{i} {Stack[i]:x20} and {other.Stack[i]:x20}";
            }
        }
    }

    // Within a few units of the last place: sign, exponent and fraction count as one number. Of tiny ones not even that, since they may be denormal.
    private static bool AreNear(UInt128 a, UInt128 b)
    {
        const int FewUnits = 8, Tiny = 80;
        return Place(a) is var place && (place > Place(b) ? place - Place(b) : Place(b) - place) <= FewUnits
            || ((int)(a >> 64) & 0x7FFF) < Tiny && ((int)(b >> 64) & 0x7FFF) < Tiny;
    }

    private static UInt128 Place(UInt128 value) => value >> 64 << 63 | value & long.MaxValue;

    public override string ToString() =>
        $"FCW {Control:x4} FSW {Status:x4} FTW {Tags:x2} {string.Join(" ", Stack.Select(s => s.ToString("x20")))}";
}
