using Dragoman.Tcg.Backends;

namespace Dragoman.Litmus.Running;

/// <summary>How a test is run.</summary>
/// <param name="Runs">How often.</param>
/// <param name="CreateBackends">The backends of a machine: cold, and hot or null.</param>
/// <param name="Seed">Of the random numbers that vary delays and places.</param>
public sealed record RunSettings(long Runs, Func<(ITcgBackend Cold, ITcgBackend? Hot)> CreateBackends, int Seed = 1);
