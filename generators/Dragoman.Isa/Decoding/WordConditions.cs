using System.Numerics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>Evaluates an instruction's conditions for one word, while the project builds.</summary>
internal sealed class WordConditions(StaticEvaluator evaluator)
{
    /// <summary>False if a <c>when</c> refuses the word; what cannot be decided at build time may hold.</summary>
    public bool WhenMayHold(InstructionEncoding encoding, ulong word)
    {
        IReadOnlyList<Expression> when = encoding.Item.When;
        return when.Count == 0 || Names(encoding, word) is var names && when.All(c => Evaluate(c, names) != false);
    }

    /// <summary>True if an <c>unallocated</c> condition is known to refuse the word.</summary>
    public bool IsUnallocated(InstructionEncoding encoding, ulong word) =>
        encoding.Unallocated.Count > 0 && Names(encoding, word) is var names && encoding.Unallocated.Any(c => Evaluate(c, names) == true);

    private Dictionary<string, object> Names(InstructionEncoding encoding, ulong word)
    {
        Dictionary<string, object> names = encoding.Fields.ToDictionary(f => f.Name, f => (object)(BigInteger)f.Extract(word));
        evaluator.AddLets(encoding.Item, names);
        foreach (ForClause variable in encoding.Item.For)
        {
            try
            {
                names[variable.Variable.Text] = evaluator.Evaluate(variable.Value, names);
            }
            catch (StaticEvaluationException)
            {
            }
        }

        evaluator.AddLets(encoding.Item, names);
        return names;
    }

    private bool? Evaluate(Expression condition, Dictionary<string, object> names)
    {
        try
        {
            return evaluator.EvaluateCondition(condition, names);
        }
        catch (StaticEvaluationException)
        {
            return null;
        }
    }
}
