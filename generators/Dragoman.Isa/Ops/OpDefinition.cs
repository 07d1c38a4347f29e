using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Dragoman.Isa.Ops;

/// <summary>One row of the op table.</summary>
/// <param name="Name">As written: <c>atomic_fetch_add</c>.</param>
/// <param name="Method">Name of the builder's method: <c>AtomicFetchAdd</c>.</param>
/// <param name="Parameters">In the builder's order.</param>
/// <param name="Result">Kind of the output, or null.</param>
/// <param name="Attributes">Words after the signature.</param>
/// <param name="Call">The C# method that computes it, or null.</param>
/// <param name="Semantics">Expression, or null.</param>
/// <param name="Line">Line in the table, from 1.</param>
public sealed record OpDefinition(
    string Name,
    string Method,
    IReadOnlyList<OpParameter> Parameters,
    string? Result,
    IReadOnlyList<string> Attributes,
    OpTarget? Call,
    OpExpression? Semantics,
    int Line)
{
    private static readonly HashSet<string> OperandKinds = new() { "t", "s", "i32", "i64", "v128", "any" };

    /// <summary>Inputs, in order: In0, In1, ...</summary>
    public IReadOnlyList<OpParameter> Operands { get; } = Parameters.Where(p => OperandKinds.Contains(p.Kind)).ToList();

    /// <summary>Immediates that live in Imm0, Imm1.</summary>
    public IReadOnlyList<OpParameter> Immediates { get; } =
        Parameters.Where(p => !OperandKinds.Contains(p.Kind) && p.Kind is not ("cond" or "label" or "vece")).ToList();

    /// <summary>Name of the op in the <c>Opcode</c> enumeration.</summary>
    public string Opcode { get; } = Pascal(Name);

    /// <summary>Whether the op is generic in <c>t</c>.</summary>
    public bool HasType => Result is "t" or "any" || Parameters.Any(p => p.Kind is "t" or "any");

    /// <summary>Whether <c>c: cond</c> is among the parameters.</summary>
    public bool HasCond => Parameters.Any(p => p.Kind == "cond");

    /// <summary>Whether <c>label</c> is among the parameters.</summary>
    public bool HasLabel => Parameters.Any(p => p.Kind == "label");

    /// <summary>Whether <paramref name="attribute"/> is set.</summary>
    public bool Is(string attribute) => Attributes.Contains(attribute);

    /// <summary>An op on lanes of a vector.</summary>
    public bool IsLanes => Is("lanes");

    /// <summary>A floating-point op on lanes, which have 32 or 64 bits.</summary>
    public bool IsFloatLanes => Is("float") && Call?.Suffix == "v";

    /// <summary>Whether it has an expression on scalars, which may be folded.</summary>
    public bool IsScalarSemantic => Semantics is not null && !IsLanes;

    /// <summary><c>snake_case</c> to <c>PascalCase</c>.</summary>
    public static string Pascal(string name)
    {
        var result = new StringBuilder();
        bool upper = true;
        foreach (char c in name)
        {
            if (c == '_')
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return result.ToString();
    }
}

/// <summary>A parameter of an op.</summary>
public sealed record OpParameter(string Name, string Kind);

/// <summary>A C# method that computes an op.</summary>
/// <param name="Method">Class and method, without the width.</param>
/// <param name="Suffix">Which width its name ends in: <c>t</c>, <c>s</c>, <c>v</c> (a lane's), or none.</param>
/// <param name="Arguments">env, operands, immediates, T, S.</param>
public sealed record OpTarget(string Method, string Suffix, IReadOnlyList<string> Arguments);
