namespace Dragoman.Litmus.Models;

/// <summary>
/// An expression of a model over one execution. It keeps its value until an execution with other <c>rf</c> and <c>co</c> comes, or, if it does not
/// depend on those, until other events come.
/// </summary>
internal abstract class CatNode(bool isStatic)
{
    private long _stamp = -1;

    /// <summary>Whether the value is the same for all executions of the same events.</summary>
    public bool IsStatic { get; } = isStatic;

    protected abstract void Compute(CandidateExecution execution);

    protected void Update(CandidateExecution execution)
    {
        long stamp = IsStatic ? execution.EventsStamp : execution.Stamp;
        if (_stamp != stamp)
        {
            Compute(execution);
            _stamp = stamp;
        }
    }
}

/// <summary>A set of events, one bit each.</summary>
internal sealed class CatSet(bool isStatic, Func<CandidateExecution, ulong> compute) : CatNode(isStatic)
{
    private ulong _value;

    public ulong Of(CandidateExecution execution)
    {
        Update(execution);
        return _value;
    }

    protected override void Compute(CandidateExecution execution) => _value = compute(execution);
}

/// <summary>A relation.</summary>
internal sealed class CatRelation : CatNode
{
    private readonly Func<CandidateExecution, Relation>? _given;
    private readonly Action<CandidateExecution, Relation>? _compute;
    private readonly Relation _value = new();

    /// <summary>A relation that is computed.</summary>
    public CatRelation(bool isStatic, Action<CandidateExecution, Relation> compute)
        : base(isStatic) => _compute = compute;

    /// <summary>A relation that the execution has.</summary>
    public CatRelation(bool isStatic, Func<CandidateExecution, Relation> given)
        : base(isStatic) => _given = given;

    public Relation Of(CandidateExecution execution)
    {
        if (_given is not null)
        {
            return _given(execution);
        }

        Update(execution);
        return _value;
    }

    protected override void Compute(CandidateExecution execution) => _compute!(execution, _value);
}
