using Dragoman.Tcg.Backends;

namespace Dragoman.Litmus.Running;

/// <summary>How a test is run.</summary>
/// <param name="Runs">How often.</param>
/// <param name="CreateBackends">The backends of a machine: cold, and hot or null.</param>
/// <param name="Seed">Of the random numbers that vary delays and places.</param>
public sealed record RunSettings(long Runs, Func<(ITcgBackend Cold, ITcgBackend? Hot)> CreateBackends, int Seed = 1)
{
    /// <summary>How long one iteration may take before the test is given up: a thread may wait for what no other writes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}
