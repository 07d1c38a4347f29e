using System.CommandLine;

namespace Dragoman.Cli;

/// <summary>An option whose value is one of a few words; the first is the default.</summary>
internal sealed class ChoiceOption : Option<string>
{
    public ChoiceOption(string name, params string[] choices)
        : base(name)
    {
        HelpName = string.Join('|', choices);
        DefaultValueFactory = _ => choices[0];
        CompletionSources.Add(choices);
        Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !choices.Contains(result.Tokens[^1].Value))
            {
                result.AddError($"{name} '{result.Tokens[^1].Value}': there is {string.Join(", ", choices)}");
            }
        });
    }
}
