using System.Numerics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// Goes through a body in order, with calls as if they stood there, and tells of each store what was loaded before it on some way to it.
/// </summary>
/// <param name="onStore">Told of each store: its place in the text and in memory, and the loads before it.</param>
internal sealed partial class SymbolicEvaluator(Action<TextSpan, MemoryRange, IReadOnlyCollection<MemoryRange>> onStore)
{
    // What a name without a value stands for: itself.
    private readonly Dictionary<LocalSymbol, int> _names = [];
    private readonly Dictionary<string, int> _atoms = [];
    private IReadOnlyCollection<MemoryRange> _loaded = [];
    private IReadOnlyCollection<int> _inMemory = [];
    private int _loopDepth;

    /// <summary>Evaluates an instruction.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="inMemory">Numbers of operands that may be in memory; the others are registers.</param>
    public void Run(BoundFunction body, IReadOnlyCollection<int> inMemory)
    {
        _inMemory = inMemory;
        _loaded = [];
        Execute(body.Body!, new Frame());
    }

    private void Execute(BoundStatement statement, Frame frame)
    {
        switch (statement)
        {
            case BoundBlock block:
                foreach (BoundStatement inner in block.Statements)
                {
                    Execute(inner, frame);
                }

                break;
            case BoundLet let:
                frame[let.Local] = Evaluate(let.Value, frame);
                break;
            case BoundSetLocal set:
                frame[set.Local] = Evaluate(set.Value, frame);
                break;
            case BoundTupleLet tuple:
                SymbolicValue items = Evaluate(tuple.Value, frame);
                for (int i = 0; i < tuple.Locals.Count; i++)
                {
                    frame[tuple.Locals[i]] = items.Items?[i] ?? Atom($"item {i}", items);
                }

                break;
            case BoundStaticIf branch:
                Branch(Evaluate(branch.Condition, frame), branch.Then, branch.Else, frame);
                break;
            case BoundRunIf branch:
                Branch(Evaluate(branch.Condition, frame), branch.Then, branch.Else, frame);
                break;
            case BoundFor loop:
                Loop(loop, frame);
                break;
            case BoundReturn { Value: { } value }:
                SymbolicValue result = Evaluate(value, frame);
                frame.Result = frame.Result is null ? result : Atom("return", frame.Result, result);
                break;
            case BoundOperandWrite write:
                _ = Evaluate(write.Value, frame);
                if (_inMemory.Contains(write.Number))
                {
                    onStore(write.Span, MemoryRange.At(Operand(write.Number), write.Width), _loaded);
                }

                break;
            default:
                foreach (BoundExpression expression in BoundTree.Expressions(statement))
                {
                    _ = Evaluate(expression, frame);
                }

                break;
        }
    }

    private void Branch(SymbolicValue condition, BoundStatement then, BoundStatement? otherwise, Frame frame)
    {
        IReadOnlyCollection<MemoryRange> before = _loaded;
        Frame first = frame.Copy();
        Frame second = frame.Copy();
        Execute(then, first);
        IReadOnlyCollection<MemoryRange> behind = _loaded;
        _loaded = before;
        if (otherwise is not null)
        {
            Execute(otherwise, second);
        }

        _loaded = SymbolicValue.Join(behind, _loaded);
        frame.Merge(first, second, (a, b) => Atom("either", condition, a, b));
    }

    // Twice: what one iteration has loaded or leaves in a variable the next one finds. The first of one loop and that of another with the same bounds are the same.
    private void Loop(BoundFor loop, Frame frame)
    {
        SymbolicValue from = Evaluate(loop.From, frame);
        SymbolicValue to = Evaluate(loop.To, frame);
        _loopDepth++;
        for (int i = 0; i < 2; i++)
        {
            Frame iteration = frame.Copy();
            iteration[loop.Variable] = Atom($"loop {_loopDepth} {i}", from, to);
            Execute(loop.Body, iteration);
            frame.Merge(frame.Copy(), iteration, (a, b) => Atom("loop", a, b));
        }

        _loopDepth--;
    }

    private SymbolicValue Call(BoundFunction function, IReadOnlyList<BoundExpression> arguments, Frame frame)
    {
        if (function.Body is null)
        {
            return Atom("unknown");
        }

        var inner = new Frame();
        for (int i = 0; i < Math.Min(arguments.Count, function.Parameters.Count); i++)
        {
            inner[function.Parameters[i]] = Evaluate(arguments[i], frame);
        }

        Execute(function.Body, inner);
        for (int i = 0; i < Math.Min(arguments.Count, function.Parameters.Count); i++)
        {
            if (arguments[i] is BoundReference reference)
            {
                frame[reference.Symbol] = inner[function.Parameters[i]]!;
            }
        }

        return inner.Result ?? SymbolicValue.Number(0);
    }

    private SymbolicValue Atom(string name, params SymbolicValue[] parts)
    {
        string key = name + "(" + string.Join(",", parts.Select(p => p.Key)) + ")";
        if (!_atoms.TryGetValue(key, out int number))
        {
            _atoms.Add(key, number = _atoms.Count);
        }

        return new SymbolicValue($"t{number} ", BigInteger.Zero, parts.Aggregate((IReadOnlyCollection<MemoryRange>)[], (all, p) => SymbolicValue.Join(all, p.Loads)));
    }

    private SymbolicValue Operand(int number) => Atom($"operand {number}");

    /// <summary>The locals of one call.</summary>
    private sealed class Frame
    {
        private readonly Dictionary<LocalSymbol, SymbolicValue> _values = [];

        public SymbolicValue? Result { get; set; }

        public SymbolicValue? this[LocalSymbol local]
        {
            get => _values.TryGetValue(local, out SymbolicValue value) ? value : null;
            set => _values[local] = value!;
        }

        public Frame Copy()
        {
            var copy = new Frame { Result = Result };
            foreach (KeyValuePair<LocalSymbol, SymbolicValue> value in _values)
            {
                copy._values.Add(value.Key, value.Value);
            }

            return copy;
        }

        /// <summary>Takes what two ways have come to.</summary>
        public void Merge(Frame first, Frame second, Func<SymbolicValue, SymbolicValue, SymbolicValue> join)
        {
            SymbolicValue One(SymbolicValue? a, SymbolicValue? b) =>
                a is null ? b! : b is null ? a : a.Key == b.Key ? a.With(b.Loads) : join(a, b);
            foreach (LocalSymbol local in first._values.Keys.Union(second._values.Keys).ToArray())
            {
                _values[local] = One(first[local], second[local]);
            }

            Result = first.Result is null && second.Result is null ? null : One(first.Result, second.Result);
        }
    }
}
