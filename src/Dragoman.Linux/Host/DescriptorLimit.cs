namespace Dragoman.Linux.Host;

/// <summary>RLIMIT_NOFILE of this process: .NET and what it loads need some files at once, and fail without a word about why.</summary>
public static unsafe class DescriptorLimit
{
    /// <summary>What suffices for a guest that opens a few files of its own.</summary>
    public const int Needed = 64;

    private const int OpenFiles = 7;

    /// <summary>The limit, or <see cref="int.MaxValue"/> when it is higher or not known.</summary>
    public static int Current
    {
        get
        {
            // struct rlimit: the soft limit and the hard one.
            var limit = stackalloc ulong[2];
            return LibC.Limit(OpenFiles, limit) == 0 && limit[0] < int.MaxValue ? (int)limit[0] : int.MaxValue;
        }
    }
}
