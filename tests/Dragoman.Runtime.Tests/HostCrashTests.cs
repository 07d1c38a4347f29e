using System.Diagnostics;

namespace Dragoman.Runtime.Tests;

/// <summary>With the handler in place, an error of the program itself still ends it.</summary>
public sealed class HostCrashTests
{
    [Theory]
    [InlineData("outside")]
    [InlineData("no-vcpu")]
    public async Task LetsARealCrashBeACrash(string where)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(HostCrashTests).Assembly.Location);
        start.ArgumentList.Add(where);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        Assert.Contains("about to crash", await process.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Contains("AccessViolationException", await error, StringComparison.Ordinal);
        Assert.InRange(process.ExitCode, 128, 255);
    }
}
