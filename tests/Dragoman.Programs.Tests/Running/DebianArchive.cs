using System.Collections.Concurrent;

namespace Dragoman.Programs.Tests.Running;

/// <summary>
/// Fetches packages from the archive that this Debian uses, for another architecture and without installing anything: apt works in folders of the
/// cache, so the system's own package lists stay as they are.
/// </summary>
public static class DebianArchive
{
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Packages = new();

    private static readonly Lock Gate = new();

    /// <summary>Folder with the package's unpacked files, or null when the archive cannot be reached.</summary>
    public static string? Unpacked(string package, string architecture) =>
        Packages.GetOrAdd($"{package}:{architecture}", _ => new Lazy<string?>(() => Fetch(package, architecture))).Value;

    private static string? Fetch(string package, string architecture)
    {
        string folder = Path.Combine(TestFolders.Cache, "debian", $"{package}-{architecture}");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        if (Tool.Missing(Tool.Apt, Tool.DpkgDeb) is not null)
        {
            return null;
        }

        lock (Gate)
        {
            string root = Path.Combine(TestFolders.Cache, "apt", architecture), downloads = Path.Combine(root, "downloads", package);
            foreach (string needed in (string[])["state/lists/partial", "cache/archives/partial"])
            {
                Directory.CreateDirectory(Path.Combine(root, needed));
            }

            Directory.CreateDirectory(downloads);
            File.WriteAllText(Path.Combine(root, "status"), "");
            string[] apt =
            [
                Tool.Apt.Path!, "-q", "-o", $"APT::Architecture={architecture}", "-o", $"APT::Architectures::={architecture}", "-o", $"Dir::State={root}/state",
                "-o", $"Dir::State::status={root}/status", "-o", $"Dir::Cache={root}/cache", "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1",
            ];
            string stamp = Path.Combine(root, "updated");
            if (!File.Exists(stamp))
            {
                if (ProcessRunner.Run([.. apt, "update"], limit: TimeSpan.FromMinutes(2)).ExitCode != 0)
                {
                    return null;
                }

                File.WriteAllText(stamp, "");
            }

            if (ProcessRunner.Run([.. apt, "download", package], folder: downloads, limit: TimeSpan.FromMinutes(3)).ExitCode != 0)
            {
                return null;
            }

            string archive = Directory.GetFiles(downloads, "*.deb").Single(), partial = folder + ".partial";
            Directory.CreateDirectory(partial);
            if (ProcessRunner.Run([Tool.DpkgDeb.Path!, "-x", archive, partial], limit: TimeSpan.FromMinutes(2)).ExitCode != 0)
            {
                return null;
            }

            Directory.Move(partial, folder);
            File.Delete(archive);
            return folder;
        }
    }
}
