using System.CommandLine;
using System.Globalization;

namespace Dragoman.Cli;

/// <summary>
/// Looks for what is wrong with a command line, from left to right, so that the first wrong word is blamed and not what came of it: to the parser an
/// option that it does not know is an argument like any other.
/// </summary>
internal static class CommandLineCheck
{
    /// <summary>The first thing that is wrong, with the help to read, or null.</summary>
    public static string? Problem(RootCommand root, ReadOnlySpan<string> words)
    {
        Command command = root;
        int arguments = 0;
        bool onlyArguments = false;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word == "--" && !onlyArguments)
            {
                onlyArguments = true;
            }
            else if (word.Length > 1 && word[0] == '-' && !onlyArguments)
            {
                string name = Name(word);
                if (Find(command, name) is not { } option)
                {
                    return $"unknown option '{name}'{Help(command)}";
                }

                if (AsksForHelp(option))
                {
                    return null;
                }

                bool attached = name.Length < word.Length;
                if (!TakesValue(option))
                {
                    if (attached)
                    {
                        return $"{name} takes no value{Help(command)}";
                    }
                }
                else if (attached || ++i < words.Length)
                {
                    string value = attached ? word[(name.Length + 1)..] : words[i];
                    if (!IsNumber(option.ValueType, value))
                    {
                        return $"{name} '{value}': not a whole number{Help(command)}";
                    }
                }
                else
                {
                    return $"{name} needs a value{Help(command)}";
                }
            }
            else if (command == root)
            {
                if (root.Subcommands.FirstOrDefault(sub => sub.Name == word) is not { } sub)
                {
                    return $"unknown command '{word}': there is {Names(root)}{Help(root)}";
                }

                command = sub;
            }
            else if (++arguments > command.Arguments.Sum(argument => (long)argument.Arity.MaximumNumberOfValues))
            {
                return $"{command.Name}: '{word}' is one argument too many{Help(command)}";
            }
        }

        if (command == root)
        {
            return $"which command? There is {Names(root)}{Help(root)}";
        }

        Argument? missing = command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > arguments);
        return missing is null ? null : $"{command.Name}: {missing.Name} is missing{Help(command)}";
    }

    /// <summary>True when the next word is the option's value.</summary>
    public static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    /// <summary>The option of a name, or null.</summary>
    public static Option? Find(Command command, string name) =>
        command.Options.Concat(command.Parents.OfType<RootCommand>().SelectMany(root => root.Options.Where(option => option.Recursive)))
            .FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    /// <summary>An option's name, without a value that is attached to it.</summary>
    public static string Name(string word) => word.IndexOfAny(['=', ':']) is > 0 and int end ? word[..end] : word;

    /// <summary>Where to read on.</summary>
    public static string Help(Command command) => $"; see 'dragoman {(command is RootCommand ? "" : command.Name + " ")}--help'";

    private static bool AsksForHelp(Option option) => option is System.CommandLine.Help.HelpOption or VersionOption;

    private static string Names(RootCommand root) => string.Join(", ", root.Subcommands.Select(sub => sub.Name));

    private static bool IsNumber(Type type, string value)
    {
        Type number = type.IsArray ? type.GetElementType()! : type;
        return number == typeof(int) ? int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            : number != typeof(long) || long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
    }
}
