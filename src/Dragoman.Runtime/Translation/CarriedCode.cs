using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Cold code of machines that are no more, for the next one: taken up again where that has the same bytes at the same address in the same state of translation, as the
/// programs of one system have of their shared libraries, and a program that executes itself of all.
/// </summary>
/// <remarks>
/// Belongs to one machine at a time: to the thread that hands it over, then guarded by the memory's lock. A block keeps what the hot tier made of it until it is taken or let go:
/// to look at all of them would cost a forked child, which runs few of them, a page for each.
/// </remarks>
internal sealed unsafe class CarriedCode
{
    /// <summary>Programs, one after the other, whose code is kept.</summary>
    private const int Generations = 3;

    // The tables of those machines, the last one's first.
    private readonly TbTable[] _tables;

    /// <param name="latest">The TBs of a machine in which nothing runs any more: they belong to this object from now on.</param>
    /// <param name="older">What that machine had taken up itself and has not used, or null. It is not used any more.</param>
    public CarriedCode(TbTable latest, CarriedCode? older)
    {
        var kept = older is null ? 0 : Math.Min(older._tables.Length, Generations - 1);
        _tables = new TbTable[1 + kept];
        _tables[0] = latest;
        for (var i = 0; i < kept; i++)
        {
            _tables[1 + i] = older!._tables[i];
        }

        for (var i = kept; i < older?._tables.Length; i++)
        {
            foreach (var tb in older._tables[i].ToList())
            {
                NativeMemory.Free(tb.Slots);
                NativeMemory.Free(tb.RegionSlots);
            }
        }
    }

    /// <summary>Takes a TB of a PC and state out whose bytes those at <paramref name="available"/> begin with, or gives null. The caller owns it.</summary>
    public TranslationBlock? Take(ulong pc, ulong flags, ReadOnlySpan<byte> available)
    {
        foreach (var table in _tables)
        {
            if (table.Find(pc, flags) is { } old && available.StartsWith(old.Source) && old.ColdCode.IsPortable)
            {
                table.Remove(old);
                return old.Renew();
            }
        }

        return null;
    }
}
