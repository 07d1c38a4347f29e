using Dragoman.Runtime.Guests;

namespace Dragoman.Guests.X86;

/// <summary>The random numbers of RDRAND and RDSEED, which no description can make.</summary>
internal static unsafe partial class Helpers
{
    public static partial ulong random_number(byte* env) => InsnBuilder.ReadRandom();
}
