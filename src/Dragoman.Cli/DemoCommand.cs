using System.CommandLine;

namespace Dragoman.Cli;

/// <summary><c>dragoman demo</c>: the main job on real input, with its figures.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        ChoiceOption guest = new("--guest", "aarch64", "alpha") { Description = "What the program is compiled for" };
        Option<int[]> lengths = new("--length")
        {
            Description = "Length of the two sequences; may be repeated",
            HelpName = "LENGTH",
            DefaultValueFactory = _ => [3200, 6400],
        };
        Option<int[]> threads = new("--vcpus")
        {
            Description = "Number of guest threads, each a vCPU on its own host thread; may be repeated",
            HelpName = "COUNT",
            DefaultValueFactory = _ => [1, 2],
        };
        Command command = new("demo", "Align two DNA sequences (Needleman-Wunsch) with a parallel Linux program of another architecture, on one vCPU and then on more")
        {
            guest, lengths, threads,
        };
        command.SetAction(result =>
        {
            int[] chosenLengths = result.GetRequiredValue(lengths);
            int[] chosenThreads = result.GetRequiredValue(threads);
            if (chosenLengths.Any(length => length is < 16 or > 100_000))
            {
                throw CommandException.Usage("--length takes 16 to 100000");
            }

            if (chosenThreads.Any(count => count is < 1 or > 64))
            {
                throw CommandException.Usage("--vcpus takes 1 to 64");
            }

            return Demo.Run(result.GetRequiredValue(guest), chosenLengths, chosenThreads);
        });
        return command;
    }
}
