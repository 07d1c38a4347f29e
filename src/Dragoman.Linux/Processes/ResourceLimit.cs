namespace Dragoman.Linux.Processes;

/// <summary>A limit that is remembered for the guest instead of being set on the host.</summary>
/// <param name="Resource">RLIMIT_ number.</param>
/// <param name="Soft">rlim_cur.</param>
/// <param name="Hard">rlim_max.</param>
internal sealed record ResourceLimit(int Resource, ulong Soft, ulong Hard);
