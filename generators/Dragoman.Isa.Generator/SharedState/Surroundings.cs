using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dragoman.Isa.Generator.SharedState;

/// <summary>What is known of where an operation stands: which lock is held there, and on whose thread it runs.</summary>
internal sealed class Surroundings
{
    private readonly ISymbol _member;
    private readonly IOperation _operation;

    // The method, or the lambda or local function inside it, that the operation is in; and what a lambda is passed as.
    private readonly IMethodSymbol? _function;
    private readonly IParameterSymbol? _passedAs;
    private readonly bool _isInLambda;

    public Surroundings(OperationAnalysisContext context)
    {
        _member = context.ContainingSymbol;
        _operation = context.Operation;
        _function = _member as IMethodSymbol;
        for (IOperation? at = _operation; at is not null; at = at.Parent)
        {
            if (at is IAnonymousFunctionOperation lambda)
            {
                _isInLambda = true;
                _function = lambda.Symbol;
                _passedAs = ParameterOf(lambda);
                return;
            }

            if (at is ILocalFunctionOperation local)
            {
                _isInLambda = true;
                _function = local.Symbol;
                return;
            }
        }
    }

    /// <summary>The big lock is held: by a scope of the text, or since whoever calls this holds it.</summary>
    public bool HoldBigLock =>
        _member.ContainingType is { } type && Marks.IsMarked(type)
        || _passedAs is not null && Marks.Has(_passedAs, Marks.UnderBigLock)
        || _function is not null && Marks.WantsBigLock(_function)
        || IsBehindEnter();

    /// <summary>It is work of a queue.</summary>
    public bool AreQueued => _passedAs is not null && Marks.Has(_passedAs, Marks.WorkItem);

    /// <summary>The constructor of a member's type, whose object nobody else has yet.</summary>
    public bool Construct(ISymbol member) =>
        !_isInLambda && _function?.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor && SymbolEqualityComparer.Default.Equals(member.ContainingType, _function!.ContainingType);

    /// <summary>Between TBs, or in a method that says that it flushes.</summary>
    public bool MayFlush => AreQueued || _function is not null && Marks.Has(_function, Marks.FlushesTlb);

    // A statement before it, in a block around it, takes the big lock, and none between gives it back; a try in whose end it is given back holds it.
    private bool IsBehindEnter()
    {
        for (IOperation at = _operation; at.Parent is { } parent && at is not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = parent)
        {
            if (parent is not IBlockOperation block)
            {
                continue;
            }

            bool isHeld = false;
            foreach (IOperation statement in block.Operations.TakeWhile(s => s != at))
            {
                foreach (IInvocationOperation call in statement.DescendantsAndSelf().OfType<IInvocationOperation>().Where(c => c.TargetMethod.ContainingType.Name == "BigLock"))
                {
                    isHeld = call.TargetMethod.Name == "Enter" || call.TargetMethod.Name != "Exit" && isHeld;
                }
            }

            if (isHeld)
            {
                return true;
            }
        }

        return false;
    }

    private static IParameterSymbol? ParameterOf(IAnonymousFunctionOperation lambda)
    {
        IOperation? at = lambda.Parent;
        while (at is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            at = at.Parent;
        }

        return (at as IArgumentOperation)?.Parameter;
    }
}
