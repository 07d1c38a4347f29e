namespace Dragoman.Litmus.Models;

/// <summary>
/// Reads the part of herd's <c>cat</c> language that the models here are written in: a title, comments, <c>let</c>, and the axioms <c>acyclic</c>,
/// <c>irreflexive</c> and <c>empty</c>, over <c>| ; \ &amp; * ~ ^-1 ^+ [set] domain() range()</c>.
/// </summary>
internal sealed class CatParser
{
    private readonly string _name;
    private readonly string[] _tokens;
    private readonly Dictionary<string, CatNode> _scope;
    private int _at;

    private CatParser(string name, string text, Dictionary<string, CatNode> scope)
    {
        _name = name;
        _tokens = [.. CatLexer.Tokens(name, text)];
        _scope = scope;
    }

    /// <summary>Reads a file into a scope; returns its title and axioms.</summary>
    public static (string Title, IReadOnlyList<CatAxiom> Axioms) Parse(string name, string text, Dictionary<string, CatNode> scope) =>
        new CatParser(name, text, scope).ParseFile();

    private (string Title, IReadOnlyList<CatAxiom> Axioms) ParseFile()
    {
        List<CatAxiom> axioms = [];
        string title = Next().Trim('"');
        while (_at < _tokens.Length)
        {
            string keyword = Next();
            switch (keyword)
            {
                case "let":
                    string defined = Next();
                    Expect("=");
                    _scope[defined] = Union();
                    break;
                case "acyclic" or "irreflexive" or "empty":
                    CatRelation relation = Relation(Union());
                    Expect("as");
                    axioms.Add(new CatAxiom(keyword, Next(), relation));
                    break;
                default:
                    throw Error($"'{keyword}' begins nothing");
            }
        }

        return (title, axioms);
    }

    private string Peek() => _at < _tokens.Length ? _tokens[_at] : "";

    private string Next() => _at < _tokens.Length ? _tokens[_at++] : throw Error("the file ends too soon");

    private bool Take(string token)
    {
        bool comes = Peek() == token;
        _at += comes ? 1 : 0;
        return comes;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw Error($"expected '{token}', not '{Peek()}'");
        }
    }

    private InvalidOperationException Error(string message) => new($"{_name}: {message}");

    private CatNode Union()
    {
        CatNode left = Sequence();
        while (Take("|"))
        {
            left = CatOperators.Both(left, Sequence(), (a, b) => a | b, Error);
        }

        return left;
    }

    private CatNode Sequence()
    {
        CatNode left = Difference();
        while (Take(";"))
        {
            left = CatOperators.Compose(Relation(left), Relation(Difference()));
        }

        return left;
    }

    private CatNode Difference()
    {
        CatNode left = Intersection();
        while (Take("\\"))
        {
            left = CatOperators.Both(left, Intersection(), (a, b) => a & ~b, Error);
        }

        return left;
    }

    private CatNode Intersection()
    {
        CatNode left = Product();
        while (Take("&"))
        {
            left = CatOperators.Both(left, Product(), (a, b) => a & b, Error);
        }

        return left;
    }

    private CatNode Product()
    {
        CatNode left = Postfix();
        return Take("*") ? CatOperators.Product(Set(left), Set(Postfix())) : left;
    }

    private CatNode Postfix()
    {
        CatNode node = Primary();
        while (Take("^"))
        {
            node = Next() switch
            {
                "+" => CatOperators.Closure(Relation(node)),
                "-1" => CatOperators.Inverse(Relation(node)),
                var other => throw Error($"'^{other}' is no operator"),
            };
        }

        return node;
    }

    private CatNode Primary()
    {
        if (Take("("))
        {
            CatNode inner = Union();
            Expect(")");
            return inner;
        }

        if (Take("["))
        {
            CatSet set = Set(Union());
            Expect("]");
            return CatOperators.Identity(set);
        }

        string name = Next();
        if (name is "domain" or "range")
        {
            Expect("(");
            CatRelation relation = Relation(Union());
            Expect(")");
            return name == "domain" ? CatOperators.Domain(relation) : CatOperators.Domain(CatOperators.Inverse(relation));
        }

        return _scope.TryGetValue(name, out CatNode? node) ? node : throw Error($"'{name}' is not defined");
    }

    private CatRelation Relation(CatNode node) => node as CatRelation ?? throw Error($"a set stands before '{Peek()}' where a relation should");

    private CatSet Set(CatNode node) => node as CatSet ?? throw Error($"a relation stands before '{Peek()}' where a set should");
}

/// <summary>An axiom: what a relation must be in every execution that the model allows.</summary>
/// <param name="Keyword"><c>acyclic</c>, <c>irreflexive</c> or <c>empty</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Relation">The relation.</param>
internal sealed record CatAxiom(string Keyword, string Name, CatRelation Relation)
{
    public bool Holds(CandidateExecution execution)
    {
        Relation relation = Relation.Of(execution);
        return Keyword switch
        {
            "acyclic" => relation.IsAcyclic(execution.Count),
            "irreflexive" => relation.IsIrreflexive(execution.Count),
            _ => relation.IsEmpty(execution.Count),
        };
    }
}
