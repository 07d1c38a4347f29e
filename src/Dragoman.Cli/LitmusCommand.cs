using System.CommandLine;
using System.Text;
using Dragoman.Litmus;
using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Running;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary><c>dragoman litmus</c>: what a memory-model test may show, and what it shows when it runs.</summary>
internal static class LitmusCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "Tests in herd's .litmus format", Arity = ArgumentArity.OneOrMore };
        Option<long> runs = new("--runs", "-r") { Description = "How often each test is run (0: only judge it by the models)", HelpName = "COUNT", DefaultValueFactory = _ => 100_000 };
        ChoiceOption backend = new("--backend", "auto", "interpreter", "il") { Description = "How guest code runs" };
        Option<int> seed = new("--seed") { Description = "Seed of the random delays and places", HelpName = "N", DefaultValueFactory = _ => 1 };
        Command command = new("litmus", "Run memory-model tests, beside what the guest's model allows") { files, runs, backend, seed };
        command.SetAction(result =>
        {
            long count = result.GetValue(runs);
            if (count < 0)
            {
                throw CommandException.Usage($"--runs {count}: a test cannot be run less than 0 times");
            }

            RunSettings? settings = count == 0 ? null
                : new RunSettings(count, () => RunProgram.CreateBackends(result.GetRequiredValue(backend)), result.GetValue(seed));
            Dictionary<string, DescribedAssembler> assemblers = [];
            int status = 0;
            foreach (string file in result.GetRequiredValue(files))
            {
                status |= Judge(file, settings, assemblers);
            }

            return status;
        });
        return command;
    }

    // 1 when something forbidden was seen, or the lowering lets a host show it.
    private static int Judge(string file, RunSettings? settings, Dictionary<string, DescribedAssembler> assemblers)
    {
        try
        {
            LitmusTest test = LitmusParser.Parse(file, Encoding.UTF8.GetString(InputFile.Read(file)));
            IGuest guest = Guests.Named(test.Architecture.Guest) ?? throw new CommandException($"{file}: there is no guest for {test.Architecture.Header} here");
            if (!assemblers.TryGetValue(guest.Name, out DescribedAssembler? assembler))
            {
                assemblers.Add(guest.Name, assembler = DescribedAssembler.Of(guest));
            }

            LitmusReport report = LitmusReport.Make(LitmusProgram.Assemble(test, guest, assembler), settings);
            report.Write(Console.Out);
            Console.WriteLine();
            return report.ForbiddenSeen.Count + report.ForbiddenOnHosts.Count > 0 ? 1 : 0;
        }
        catch (LitmusException error)
        {
            throw new CommandException(error.Message);
        }
    }
}
