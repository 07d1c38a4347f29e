namespace Dragoman.Guests.X86;

/// <summary>Bit instructions that are loops or tables.</summary>
internal static unsafe partial class Helpers
{
    private static readonly uint[] s_crc = CrcTable();

    private static uint[] CrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            table[i] = CrcOfByte(i);
        }

        return table;
    }

    public static partial ulong deposit_bits(byte* env, ulong x, ulong mask)
    {
        ulong result = 0;
        for (; mask != 0; mask &= mask - 1, x >>= 1)
        {
            result |= (x & 1) != 0 ? mask & (0 - mask) : 0;
        }

        return result;
    }

    public static partial ulong extract_bits(byte* env, ulong x, ulong mask)
    {
        ulong result = 0;
        for (int to = 0; mask != 0; mask &= mask - 1, to++)
        {
            result |= (x & mask & (0 - mask)) != 0 ? 1UL << to : 0;
        }

        return result;
    }

    public static partial ulong crc32c(byte* env, ulong crc, ulong x, ulong bits)
    {
        uint state = (uint)crc;
        for (int i = 0; i < (int)bits; i += 8)
        {
            state = state >> 8 ^ s_crc[(byte)(state ^ x >> i)];
        }

        return state;
    }

    private static uint CrcOfByte(uint value)
    {
        for (int i = 0; i < 8; i++)
        {
            value = (value & 1) != 0 ? value >> 1 ^ 0x82F63B78 : value >> 1;
        }

        return value;
    }
}
