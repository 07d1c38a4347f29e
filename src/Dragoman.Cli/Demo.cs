using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>Runs the guest program of <c>samples/needleman-wunsch</c> in processes of its own, shows how far it is, and checks what it says.</summary>
internal static class Demo
{
    private const int DefaultSeed = 1;

    /// <summary>Matrix cells that a run computes, about: enough that starting up and compiling, a third of a second, show little in the speed-up.</summary>
    private const double Cells = 2.0e9;

    /// <summary>How often a matrix is computed at most: small ones are for seeing that they work, and need not take as long.</summary>
    private const int MostRepeats = 50;

    public static int Run(string guest, int[] lengths, int[] threads)
    {
        if (Console.IsOutputRedirected)
        {
            // A file gets no colours.
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        }

        string program = FindProgram("nw." + guest);
        List<DemoRun> runs = [];
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(progress =>
            {
                foreach (int length in lengths)
                {
                    foreach (int count in threads)
                    {
                        ProgressTask task = progress.AddTask($"{Repeats(length)} times {length} x {length} on {count} vCPU{(count == 1 ? "" : "s")}");
                        runs.Add(Execute(program, length, count, percent => task.Value = percent));
                        task.Value = 100;
                    }
                }
            });

        Dictionary<int, int> expected = lengths.Distinct().ToDictionary(length => length, length => ReferenceAlignment.Score(length, DefaultSeed));
        Table table = new Table().AddColumns("sequences", "times", "vCPUs", "wall time", "speed-up", "score", "checked");
        foreach (DemoRun run in runs)
        {
            DemoRun first = runs.First(other => other.Length == run.Length);
            table.AddRow(
                $"{run.Length} x {run.Length}",
                Text(Repeats(run.Length)),
                Text(run.Threads),
                $"{run.Seconds.ToString("F2", CultureInfo.InvariantCulture)} s",
                (first.Seconds / run.Seconds).ToString("F2", CultureInfo.InvariantCulture),
                Text(run.Score),
                run.Score == expected[run.Length] ? "[green]right[/]" : $"[red]wrong: {expected[run.Length]}[/]");
        }

        AnsiConsole.Write(table);
        return runs.All(run => run.Score == expected[run.Length]) ? 0 : 1;
    }

    private static int Repeats(int length) => (int)Math.Clamp(Math.Round(Cells / length / length), 1, MostRepeats);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static DemoRun Execute(string program, int length, int threads, Action<double> report)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in new[] { RunCommand.Name, program, "-p", "-t", Text(threads), "-n", Text(length), "-s", Text(DefaultSeed), "-r", Text(Repeats(length)) })
        {
            start.ArgumentList.Add(argument);
        }

        List<string> complaints = [];
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                return;
            }

            if (line.Data.StartsWith("progress ", StringComparison.Ordinal)
                && int.TryParse(line.Data.AsSpan(9).TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out int percent))
            {
                report(percent);
            }
            else
            {
                complaints.Add(line.Data);
            }
        };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = watch.Elapsed.TotalSeconds;
        string? score = output.Split('\n').FirstOrDefault(line => line.StartsWith("score ", StringComparison.Ordinal));
        if (process.ExitCode != 0 || score is null || !int.TryParse(score.AsSpan(6), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
        {
            throw new CommandException($"the guest program ended with status {process.ExitCode}: {complaints.LastOrDefault() ?? "it printed no score"}");
        }

        return new DemoRun(length, threads, seconds, value);
    }

    private static string FindProgram(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "samples", "needleman-wunsch", name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new CommandException($"samples/needleman-wunsch/{name} is not found: run the demo from the repository");
    }

    private sealed record DemoRun(int Length, int Threads, double Seconds, int Score);
}
