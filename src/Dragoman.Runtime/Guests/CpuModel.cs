namespace Dragoman.Runtime.Guests;

/// <summary>A CPU model of a guest, as its description declares it: a set of features, and numbers that set it apart. Immutable.</summary>
/// <param name="Name">As users write it: <c>max</c>, <c>cortex-a53</c>.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="FeatureNames">Names of the guest's features; a feature's bit is its index.</param>
/// <param name="Features">The features that this model has.</param>
/// <param name="NumberNames">Names of the guest's numbers.</param>
/// <param name="Values">The model's numbers, in the order of their names and of the emitted <c>CpuModels</c> constants.</param>
public sealed record CpuModel(
    string Name, string Summary, IReadOnlyList<string> FeatureNames, ulong Features, IReadOnlyList<string> NumberNames, IReadOnlyList<long> Values)
{
    /// <summary>The model of a guest whose description knows no features.</summary>
    public static CpuModel Only { get; } = new("max", "Everything described", [], 0, [], []);

    /// <summary>Whether it has all of these features.</summary>
    public bool Has(ulong features) => (features & ~Features) == 0;

    /// <summary>Whether it has the feature of this name; false when the guest knows none such.</summary>
    public bool Has(string feature)
    {
        for (var i = 0; i < FeatureNames.Count; i++)
        {
            if (FeatureNames[i] == feature)
            {
                return Has(1UL << i);
            }
        }

        return false;
    }

    /// <summary>The model's number of this name.</summary>
    /// <exception cref="InvalidOperationException">The guest's models have no such number.</exception>
    public long Number(string name)
    {
        for (var i = 0; i < NumberNames.Count; i++)
        {
            if (NumberNames[i] == name)
            {
                return Values[i];
            }
        }

        throw new InvalidOperationException($"CPU models have no number {name}");
    }

    /// <summary>
    /// The model that a user asks for: a name, and after it features to switch, as <c>max,lse=off</c> or <c>max,-lse,+sb</c>. Case does not matter.
    /// </summary>
    /// <returns>The model; or null, and in <paramref name="problem"/> the word that is unknown.</returns>
    public static CpuModel? Choose(IReadOnlyList<CpuModel> models, string text, out string problem)
    {
        var words = text.Split(',');
        problem = words[0];
        var model = models.FirstOrDefault(m => m.Name.Equals(words[0], StringComparison.OrdinalIgnoreCase));
        foreach (var word in words.Skip(1))
        {
            if (model is null)
            {
                break;
            }

            problem = word;
            model = model.Switch(word);
        }

        return model;
    }

    private CpuModel? Switch(string word)
    {
        var isOn = word.StartsWith('+') || word.EndsWith("=on", StringComparison.OrdinalIgnoreCase);
        var isOff = word.StartsWith('-') || word.EndsWith("=off", StringComparison.OrdinalIgnoreCase);
        var name = word.TrimStart('+', '-').Split('=')[0];
        for (var i = 0; i < FeatureNames.Count; i++)
        {
            if (isOn != isOff && FeatureNames[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return this with { Features = isOn ? Features | (1UL << i) : Features & ~(1UL << i) };
            }
        }

        return null;
    }
}
