using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dragoman.Cli;

/// <summary><c>dragoman run PROGRAM ARGS...</c>: a Linux program of another architecture.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create()
    {
        Argument<string> program = new("PROGRAM") { Description = "The guest's ELF file; everything after it belongs to the guest", Arity = ArgumentArity.ZeroOrOne };
        Command command = new(Name, "Run a Linux program of another architecture");
        Option[] parsed = [.. RunOptionTable.All.Select(Parsed)];
        foreach (Option option in parsed)
        {
            command.Options.Add(option);
        }

        command.Arguments.Add(program);
        command.SetAction(result =>
        {
            RunOptions options = new() { Program = result.GetValue(program) ?? "", Arguments = GuestArguments.Current };
            foreach ((RunOption option, Option source) in RunOptionTable.All.Zip(parsed))
            {
                if (result.GetResult(source) is { Implicit: false } given)
                {
                    options = option.IsSwitch ? option.Apply(options, "") : given.Tokens.Aggregate(options, (sofar, token) => option.Apply(sofar, token.Value));
                }
            }

            return RunProgram.Start(options);
        });
        return command;
    }

    /// <summary>The option as the parser knows options.</summary>
    private static Option Parsed(RunOption option)
    {
        Option parsed = option switch
        {
            { Choices.Length: > 0 } => new ChoiceOption(option.Name, option.Choices),
            { IsSwitch: true } => new Option<bool>(option.Name),
            { IsNumber: true } => new Option<int>(option.Name) { HelpName = option.HelpName },
            { Repeats: true } => new Option<string[]>(option.Name) { HelpName = option.HelpName },
            _ => new Option<string>(option.Name) { HelpName = option.HelpName },
        };
        parsed.Description = option.Description;
        parsed.Hidden = option.IsHidden;
        return parsed;
    }
}
