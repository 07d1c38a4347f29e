namespace Dragoman.Isa.Binding;

/// <summary>Gives each local of a method a C# name of its own.</summary>
internal sealed class LocalNames
{
    private static readonly HashSet<string> s_reserved = new(
        ("abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false " +
        "finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override params private " +
        "protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked " +
        "unsafe ushort using virtual void volatile while insn").Split(' '), StringComparer.Ordinal);

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Take(string name)
    {
        string candidate = s_reserved.Contains(name) ? name + "_" : name;
        for (int i = 2; !_used.Add(candidate); i++)
        {
            candidate = name + "_" + i;
        }

        return candidate;
    }
}
