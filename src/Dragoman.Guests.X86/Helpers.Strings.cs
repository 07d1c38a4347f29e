using System.Numerics;
using System.Runtime.InteropServices;

namespace Dragoman.Guests.X86;

/// <summary>The string comparisons of SSE4.2 (Intel SDM 2B, 4.1): two loops over lanes, which the language does not have.</summary>
internal static unsafe partial class Helpers
{
    /// <summary>IntRes2: a bit for each lane of the second string, or for equal-each of both.</summary>
    /// <param name="control">Bits 7:0 and 15:8 are the lengths, 22:16 the instruction's control byte.</param>
    public static partial ulong string_compare(byte* env, ulong low1, ulong high1, ulong low2, ulong high2, ulong control)
    {
        int mode = (int)(control >> 16);
        bool isWords = (mode & 1) != 0;
        int lanes = isWords ? 8 : 16;
        int length1 = (int)(control & 0xFF);
        int length2 = (int)(control >> 8 & 0xFF);
        Span<int> first = stackalloc int[16];
        Span<int> second = stackalloc int[16];
        first = Lanes([low1, high1], mode, first);
        second = Lanes([low2, high2], mode, second);
        uint result = 0;
        for (int j = 0; j < lanes; j++)
        {
            bool holds = (mode >> 2 & 3) switch
            {
                0 => IsAny(first[..length1], second[j]) && j < length2,
                1 => IsInRanges(first[..length1], second[j]) && j < length2,
                2 => j < length1 && j < length2 ? first[j] == second[j] : j >= length1 && j >= length2,
                _ => Begins(first[..length1], second[j..], length2 - j),
            };
            bool isNegated = (mode & 0x10) != 0 && ((mode & 0x20) == 0 || j < length2);
            result |= holds != isNegated ? 1u << j : 0;
        }

        return result;
    }

    private static bool IsAny(ReadOnlySpan<int> set, int lane) => set.Contains(lane);

    private static bool IsInRanges(ReadOnlySpan<int> ranges, int lane)
    {
        for (int i = 0; i + 1 < ranges.Length; i += 2)
        {
            if (lane >= ranges[i] && lane <= ranges[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    // Whether the string, as far as the lanes go, begins with the pattern; behind the string's end (valid lanes) nothing matches but the end of the pattern.
    private static bool Begins(ReadOnlySpan<int> pattern, ReadOnlySpan<int> lanes, int valid)
    {
        for (int i = 0; i < pattern.Length && i < lanes.Length; i++)
        {
            if (i >= valid || pattern[i] != lanes[i])
            {
                return false;
            }
        }

        return true;
    }

    // Signed or unsigned, bytes or words, in as much of `room` as they fill.
    private static Span<int> Lanes(ReadOnlySpan<ulong> vector, int mode, Span<int> room)
    {
        switch (mode & 3)
        {
            case 0:
                return Widen(MemoryMarshal.Cast<ulong, byte>(vector), room);
            case 1:
                return Widen(MemoryMarshal.Cast<ulong, ushort>(vector), room);
            case 2:
                return Widen(MemoryMarshal.Cast<ulong, sbyte>(vector), room);
            default:
                return Widen(MemoryMarshal.Cast<ulong, short>(vector), room);
        }
    }

    private static Span<int> Widen<T>(ReadOnlySpan<T> lanes, Span<int> room)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < lanes.Length; i++)
        {
            room[i] = int.CreateTruncating(lanes[i]);
        }

        return room[..lanes.Length];
    }
}
