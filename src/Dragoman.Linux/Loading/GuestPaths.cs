using Dragoman.Linux.Host;

namespace Dragoman.Linux.Loading;

/// <summary><c>-L PREFIX</c>: an absolute path that exists under the prefix is taken from there.</summary>
/// <param name="prefix">The directory as bytes, or null.</param>
internal sealed class GuestPaths(string? prefix)
{
    private readonly string? _prefix = prefix is null or "/" or "" ? null : prefix.TrimEnd('/');

    /// <summary>True when there is no prefix: paths are the host's.</summary>
    public bool IsIdentity => _prefix is null;

    /// <summary>The host path for a guest path.</summary>
    public string Resolve(string path)
    {
        if (_prefix is null || path.Length == 0 || path[0] != '/' || path.StartsWith("/proc/", StringComparison.Ordinal)
            || path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return path;
        }

        var candidate = _prefix + path;
        return HostPath.Access(candidate, 0) == 0 ? candidate : path;
    }
}
