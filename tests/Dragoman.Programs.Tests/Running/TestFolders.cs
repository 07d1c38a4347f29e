using System.Reflection;

namespace Dragoman.Programs.Tests.Running;

/// <summary>Where sources are and where built guests are kept between runs.</summary>
public static class TestFolders
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = Metadata("Repository").TrimEnd('/');

    /// <summary>The guests' C sources.</summary>
    public static string Guests { get; } = Path.Combine(Repository, "tests/Dragoman.Programs.Tests/Guests");

    /// <summary>Built guests and unpacked archives; safe to delete. DRAGOMAN_TEST_CACHE moves it.</summary>
    public static string Cache { get; } = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("DRAGOMAN_TEST_CACHE") ?? Path.Combine(AppContext.BaseDirectory, "cache")).FullName;

    /// <summary>Whether the long runs were asked for (<c>./test --long</c>).</summary>
    public static bool Long { get; } = Environment.GetEnvironmentVariable("DRAGOMAN_LONG") == "1";

    private static string Metadata(string key) =>
        typeof(TestFolders).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
