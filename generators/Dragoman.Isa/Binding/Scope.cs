using Dragoman.Isa.Model;

namespace Dragoman.Isa.Binding;

/// <summary>Names in sight: each stands for a local or a build-time constant.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, BoundExpression> _names = [];

    public Scope? Outer { get; } = outer;

    public BoundExpression? Find(string name) =>
        _names.TryGetValue(name, out BoundExpression value) ? value : Outer?.Find(name);

    public bool Declare(string name, BoundExpression value)
    {
        bool isNew = !_names.ContainsKey(name);
        _names[name] = value;
        return isNew;
    }
}
