using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Debian;

/// <summary>Dynamically linked programs out of Debian's archive for arm64, with their libraries, in one folder that serves as -L; null where they cannot be had.</summary>
public static class DebianPrograms
{
    /// <summary>The programs' packages and those that they depend on.</summary>
    private static readonly string[] s_packages =
    [
        "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "bash", "libtinfo6", "coreutils", "libacl1", "libattr1", "libselinux1", "libpcre2-8-0", "libgmp10", "perl-base", "libcrypt1",
        "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libexpat1", "libssl3", "libbz2-1.0", "liblzma5", "libffi8", "libuuid1",
        "sqlite3", "libsqlite3-0", "libreadline8", "gawk", "libmpfr6", "libsigsegv2", "grep", "findutils", "lua5.4", "liblua5.4-0", "jq", "libjq1", "libonig5", "xz-utils", "diffutils",
    ];

    private static readonly Lazy<string?> s_root = new(Assemble);

    /// <summary>The folder.</summary>
    public static string? Root => s_root.Value;

    private static string? Assemble()
    {
        string root = Path.Combine(TestFolders.Cache, "debian-root"), partial = root + ".partial";
        if (Directory.Exists(root))
        {
            return root;
        }

        Directory.CreateDirectory(partial);
        foreach (string package in s_packages)
        {
            if (DebianArchive.Unpacked(package, "arm64") is not { } folder
                || ProcessRunner.Run(["cp", "-a", folder + "/.", partial]).ExitCode != 0)
            {
                return null;
            }
        }

        Directory.Move(partial, root);
        return root;
    }
}
