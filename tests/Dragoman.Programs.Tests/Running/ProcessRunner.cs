using System.Diagnostics;

namespace Dragoman.Programs.Tests.Running;

/// <summary>Runs a process to its end or to a time limit, feeding its input and keeping all its output.</summary>
public static class ProcessRunner
{
    /// <summary>Limit for a guest program when a test names none. Wide: the machine may be busy, and a hang is what it is for.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs <paramref name="command"/>; a process over its limit is killed with its children and marked.</summary>
    public static ProcessResult Run(
        IReadOnlyList<string> command, byte[]? input = null, string? folder = null, IEnumerable<(string Name, string? Value)>? environment = null, TimeSpan? limit = null)
    {
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        MemoryStream output = new(), error = new();
        Task reading = Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(output),
            process.StandardError.BaseStream.CopyToAsync(error),
            Task.Run(() => Feed(process, input)));
        TimeSpan time = limit ?? DefaultLimit;
        Stopwatch watch = Stopwatch.StartNew();
        bool ended = process.WaitForExit(time);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        // A child that outlives its parent keeps the pipes open: that is a hang too.
        TimeSpan rest = time - watch.Elapsed;
        bool closed = reading.Wait(rest < TimeSpan.FromSeconds(5) ? TimeSpan.FromSeconds(5) : rest);
        string text = string.Join(' ', command);
        return closed
            ? new ProcessResult(text, process.ExitCode, !ended, output.ToArray(), error.ToArray())
            : new ProcessResult(text, process.ExitCode, TimedOut: true, [], []);
    }

    private static void Feed(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
            {
                process.StandardInput.BaseStream.Write(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended without reading it all, as head does.
        }
    }
}
