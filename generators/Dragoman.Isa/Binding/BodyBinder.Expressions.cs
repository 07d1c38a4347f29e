using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    /// <summary>Binds any expression.</summary>
    public BoundExpression Bind(Expression expression)
    {
        switch (expression)
        {
            case NumberExpression number:
                return Int(number.Span, number.Value, number.Digits);
            case BoolExpression boolean:
                return Truth(boolean.Span, boolean.Value);
            case StringExpression text:
                return BindText(text);
            case NameExpression name:
                return BindName(name);
            case MemberExpression member:
                return BindMember(member);
            case IndexExpression index:
                return BindIndex(index);
            case SliceExpression slice:
                return BindSlice(slice);
            case PartSelectExpression part:
                return BindPartSelect(part);
            case CallExpression call:
                return BindCall(call);
            case UnaryExpression unary:
                return BindUnary(unary);
            case BinaryExpression binary:
                return BindBinary(binary);
            case ConditionalExpression conditional:
                return BindConditional(conditional);
            case MatchExpression match:
                return BindMatch(match);
            case TupleExpression tuple:
                BoundExpression[] items = [.. tuple.Elements.Select(Bind)];
                return MakeTuple(tuple.Span, items);
            case ErrorExpression:
                return Error(expression.Span);
            default:
                return Error(Rules.NotHere, expression.Span, "this form of expression has no value here");
        }
    }

    private BoundExpression MakeTuple(TextSpan span, BoundExpression[] items)
    {
        if (items.Any(i => i.Type.IsError))
        {
            return Error(span);
        }

        // A tuple with one run-time element is one of temps, as far as its elements have widths.
        if (items.Any(i => i.IsRun))
        {
            items = [.. items.Select(LiftBits)];
        }

        return new BoundTuple(span, IsaType.Tuple([.. items.Select(i => i.Type)]), items.Max(i => i.Time), items);
    }

    private BoundExpression BindText(StringExpression text)
    {
        List<BoundTextPart> parts = [];
        foreach (StringPart part in text.Parts)
        {
            if (part is TextPart literal)
            {
                parts.Add(new BoundTextPart(literal.Text, null, null));
                continue;
            }

            var hole = (HolePart)part;
            BoundExpression value = Bind(hole.Value);
            if (value.IsRun)
            {
                return Error(Rules.NotStatic, hole.Span, "text", "while translating");
            }

            parts.Add(new BoundTextPart(null, value, hole.Format?.Text));
        }

        return new BoundText(text.Span, parts);
    }

    private BoundExpression BindName(NameExpression name)
    {
        switch (_scope.Find(name.Name))
        {
            case BoundLocal local:
                return local with { Span = name.Span };
            case BoundOperand operand:
                return ReadOperand(operand, name.Span);
            case { } known:
                return known;
        }

        if (_symbols.Constants.TryGetValue(name.Name, out ConstItem constant))
        {
            return new BodyBinder(_symbols, _diagnostics, null, true, new Promotions()).Bind(constant.Value);
        }

        if (name.Name == "pc")
        {
            return new BoundPc(name.Span);
        }

        if (!_isStatic)
        {
            if (_symbols.Model.FindRegister(name.Name) is { IsArray: false } register)
            {
                return ReadRegister(name.Span, register, null);
            }

            if (_symbols.Model.FindElement(name.Name) is { } named)
            {
                return ReadRegister(name.Span, named.Register, Int(name.Span, named.Index));
            }

            if (name.Name == "undef")
            {
                return RunOperation(name.Span, IsaType.Bits(1), "Undefined", []);
            }

            if (_symbols.FindFlags(name.Name) is { } flags)
            {
                return ReadFlags(name.Span, flags);
            }

            if (_symbols.Model.FlagSets.SelectMany(f => f.Flags).FirstOrDefault(f => f.Name == name.Name) is { } flag)
            {
                return ReadRegister(name.Span, flag, null);
            }
        }

        return BindField(name) ?? Error(Rules.UnknownName, name.Span, name.Name);
    }

    private BoundExpression ReadRegister(TextSpan span, RegisterSymbol register, BoundExpression? index) => new BoundRegisterRead(span, register, index);

    private BoundExpression ReadFlags(TextSpan span, FlagsSymbol flags)
    {
        BoundExpression value = ReadRegister(span, flags.Flags[0], null);
        for (int i = 1; i < flags.Flags.Count; i++)
        {
            value = Operation(span, IsaType.Bits(i + 1), "Cat", [i.ToString(), "1"], value, ReadRegister(span, flags.Flags[i], null));
        }

        return value;
    }

    private BoundExpression BindMember(MemberExpression member)
    {
        if (BindOperandMember(member) is { } ofOperand)
        {
            return ofOperand;
        }

        if (member is { Target: NameExpression { Name: "pc" }, Member.Text: "next" } && _scope.Find("pc") is null)
        {
            return new BoundPc(member.Span) { IsNext = true };
        }

        if (member.Target is NameExpression owner && _scope.Find(owner.Name) is null)
        {
            if (owner.Name == "cpu")
            {
                return BindCpu(member);
            }

            if (_symbols.FindFlags(owner.Name) is { } flags)
            {
                return flags.Flags.FirstOrDefault(f => f.Name == member.Member.Text) is { } flag
                    ? ReadRegister(member.Span, flag, null)
                    : Error(Rules.UnknownName, member.Member.Span, member.Member.Text);
            }

            if (FindPart(owner.Name, member.Member.Text) is { } found)
            {
                return ReadPart(member.Span, found.Register, null, Int(member.Span, found.Part.Low), found.Part.High - found.Part.Low + 1);
            }
        }

        return Error(Rules.UnknownName, member.Member.Span, member.Member.Text);
    }

    /// <summary><c>cpu.NAME</c>: a feature or a number of the CPU model. Decoder and disassembler serve every model.</summary>
    private BoundExpression BindCpu(MemberExpression member)
    {
        string name = member.Member.Text;
        if (_isStatic)
        {
            return Error(Rules.NotHere, member.Span, "the CPU model is known in bodies and tables only: a 'feature' clause refuses an instruction");
        }

        return _symbols.Model.Features.Contains(name) ? new BoundCpuFeature(member.Span, name, [.. _symbols.Model.WithNeeds([name])])
            : _symbols.Model.CpuValues.Contains(name) ? new BoundCpuValue(member.Span, name)
            : Error(Rules.UnknownFeature, member.Member.Span, name);
    }

    private (RegisterSymbol Register, RegisterPart Part)? FindPart(string register, string part) =>
        _symbols.Model.FindRegister(register) is { } symbol && symbol.Parts.FirstOrDefault(p => p.Name.Text == part) is { } found ? (symbol, found) : null;

    /// <summary>The register that an expression like <c>V[i]</c> or <c>FPSR</c> names, if it does.</summary>
    private bool TryRegister(Expression expression, out RegisterSymbol register, out BoundExpression? index)
    {
        index = null;
        register = null!;
        if (_isStatic)
        {
            return false;
        }

        switch (expression)
        {
            case NameExpression name when _scope.Find(name.Name) is null && !_symbols.Constants.ContainsKey(name.Name):
                register = _symbols.Model.FindRegister(name.Name)!;
                if (register is null && _symbols.Model.FindElement(name.Name) is { } named)
                {
                    register = named.Register;
                    index = Int(name.Span, named.Index);
                    return true;
                }

                return register is { IsArray: false };
            case IndexExpression { Target: NameExpression name } element when _scope.Find(name.Name) is null && _symbols.Model.FindRegister(name.Name) is { IsArray: true } array:
                register = array;
                index = BindInt(element.Index);
                return true;
            default:
                return false;
        }
    }

    private BoundExpression BindIndex(IndexExpression index)
    {
        if (TryRegister(index, out RegisterSymbol register, out BoundExpression? element))
        {
            return element!.Type.IsError ? element : ReadRegister(index.Span, register, element);
        }

        BoundExpression position = Bind(index.Index);
        if (position.IsRun)
        {
            BoundExpression target = Bind(index.Target);
            if (target.Type.IsError || position.Type.IsError || !target.Type.IsBits)
            {
                return target.Type.IsError ? target : Error(Rules.TypeMismatch, index.Target.Span, "a value with a width", target.Type);
            }

            return Operation(index.Span, IsaType.Bits(1), "Bit", [W(target.Type), W(position.Type)], Lift(target), position);
        }

        return BindBits(index.Span, index.Target, Coerce(position, IsaType.Int), 1);
    }

    private BoundExpression BindSlice(SliceExpression slice)
    {
        BoundExpression high = BindInt(slice.High);
        BoundExpression low = BindInt(slice.Low);
        if (high.Type.IsError || low.Type.IsError)
        {
            return Error(slice.Span);
        }

        if (high is not BoundConstant h || low is not BoundConstant l)
        {
            return Error(Rules.NotStatic, slice.Span, "the width of x[hi:lo]", "at build time (write x[pos +: width])");
        }

        if (h.Value < l.Value || l.Value < 0)
        {
            return Error(Rules.BadSlice, slice.Span, h.Value, l.Value, "value");
        }

        return BindBits(slice.Span, slice.Target, low, (int)(h.Value - l.Value) + 1);
    }

    private BoundExpression BindPartSelect(PartSelectExpression part)
    {
        BoundExpression position = BindInt(part.Position);
        return BindWidth(part.Width) is { } width && !position.Type.IsError ? BindBits(part.Span, part.Target, position, width) : Error(part.Span);
    }

    private BoundExpression BindBits(TextSpan span, Expression targetSyntax, BoundExpression position, int width)
    {
        if (TryRegister(targetSyntax, out RegisterSymbol register, out BoundExpression? index))
        {
            return index is { Type.IsError: true } ? index : ReadPart(span, register, index, position, width);
        }

        return SelectBits(span, Bind(targetSyntax), position, width);
    }

    private BoundExpression SelectBits(TextSpan span, BoundExpression target, BoundExpression position, int width)
    {
        if (target.Type.IsError)
        {
            return target;
        }

        if (target.Type.IsBool)
        {
            target = Coerce(target, IsaType.Bits(1));
        }

        if (target.Type.IsInt && !target.IsRun)
        {
            if (target is BoundConstant number && position is BoundConstant at)
            {
                return Int(span, number.Value >> (int)at.Value & ConstantFolder.Ones(width), width);
            }

            return Operation(span, IsaType.IntOf(width), "Bits", [], target, position, Int(span, width));
        }

        if (!target.Type.IsBits)
        {
            return Error(Rules.TypeMismatch, span, "a value with a width", target.Type);
        }

        if (position is BoundConstant constant)
        {
            if (constant.Value < 0 || constant.Value + width > target.Type.Width)
            {
                return Error(Rules.BadSlice, span, constant.Value + width - 1, constant.Value, target.Type);
            }

            if (width == target.Type.Width)
            {
                return target;
            }

            if (target is BoundConstant known)
            {
                return new BoundConstant(span, IsaType.Bits(width), known.Value >> (int)constant.Value & ConstantFolder.Ones(width));
            }

            if (target is BoundRegisterRead { Register.InMemory: true } read)
            {
                return ReadPart(span, read.Register, read.Index, position, width);
            }
        }

        return Operation(span, IsaType.Bits(width), "Bits", [W(target.Type)], target, position, Int(span, width));
    }

    private BoundExpression ReadPart(TextSpan span, RegisterSymbol register, BoundExpression? index, BoundExpression position, int width)
    {
        if (position is BoundConstant constant && (constant.Value < 0 || constant.Value + width > register.Width))
        {
            return Error(Rules.BadSlice, span, constant.Value + width - 1, constant.Value, "u" + register.Width);
        }

        return register.InMemory && width < register.Width
            ? new BoundRegisterPart(span, register, index, position, width)
            : SelectBits(span, ReadRegister(span, register, index), position, width);
    }

    private static string W(IsaType type) => type.Width.ToString();

    private BoundExpression BindConditional(ConditionalExpression conditional)
    {
        BoundExpression condition = BindCondition(conditional.Condition);
        if (condition.Type.IsError)
        {
            return condition;
        }

        if (condition is BoundConstant known)
        {
            return Bind(known.Value.IsZero ? conditional.WhenFalse : conditional.WhenTrue);
        }

        BoundExpression whenTrue = Bind(conditional.WhenTrue);
        BoundExpression whenFalse = Bind(conditional.WhenFalse);
        return Choose(conditional.Span, condition, whenTrue, whenFalse);
    }

    private BoundExpression Choose(TextSpan span, BoundExpression condition, BoundExpression whenTrue, BoundExpression whenFalse)
    {
        if (!Unify(span, ref whenTrue, ref whenFalse))
        {
            return Error(span);
        }

        if (!condition.IsRun)
        {
            BindingTime time = whenTrue.IsRun || whenFalse.IsRun ? BindingTime.Run : BindingTime.Translate;
            return new BoundConditional(span, whenTrue.Type, time, condition, whenTrue, whenFalse);
        }

        switch (whenTrue.Type.Kind)
        {
            case TypeKind.Int:
                // Gets its width from what it meets: see IntToBits.
                return new BoundOperation(span, IsaType.Int, BindingTime.Run, "Select", [], [condition, whenTrue, whenFalse]);
            case TypeKind.Tuple when whenTrue is BoundTuple a && whenFalse is BoundTuple b:
                return MakeTuple(span, [.. a.Items.Select((item, i) => Choose(span, condition, item, b.Items[i]))]);
            case TypeKind.Bits or TypeKind.Bool:
                return new BoundOperation(span, IsaType.Bits(whenTrue.Type.Width), BindingTime.Run, "Select", [W(whenTrue.Type)], [condition, Lift(whenTrue), Lift(whenFalse)]);
            default:
                return Error(Rules.TypeMismatch, span, "a value with a width", whenTrue.Type);
        }
    }

    private BoundExpression BindMatch(MatchExpression match)
    {
        BoundExpression value = Bind(match.Value);
        if (value.Type.IsError)
        {
            return value;
        }

        if (value.IsRun)
        {
            return Error(Rules.NotStatic, match.Value.Span, "the value of 'match'", "while translating (use '?:')");
        }

        int width = value.Type.Width;
        if (!value.Type.IsInt)
        {
            value = Coerce(value, IsaType.Int);
        }

        return BindArms(match.Span, value, width, match.Arms, requireAll: true);
    }

    private BoundExpression BindArms(TextSpan span, BoundExpression value, int width, IReadOnlyList<MatchArm> arms, bool requireAll)
    {
        List<(IReadOnlyList<BoundPattern> Patterns, Expression Value)> bound = [];
        foreach (MatchArm arm in arms)
        {
            List<BoundPattern> patterns = [];
            bool any = false;
            foreach (MatchPattern pattern in arm.Patterns)
            {
                switch (pattern)
                {
                    case AnyPattern:
                        any = true;
                        break;
                    case BitsPattern bits:
                        patterns.Add(new BoundPattern(bits.Value, bits.Value, bits.Mask == ConstantFolder.Ones(bits.Width) ? null : bits.Mask));
                        break;
                    case RangePattern range:
                        patterns.Add(new BoundPattern(Constant(range.From), Constant(range.To), null));
                        break;
                    case ValuePattern single:
                        BigInteger at = Constant(single.Value);
                        patterns.Add(new BoundPattern(at, at, null));
                        break;
                }
            }

            bound.Add((any ? [] : patterns, arm.Value));
        }

        if (value is BoundConstant known)
        {
            foreach ((IReadOnlyList<BoundPattern> patterns, Expression result) in bound)
            {
                if (patterns.Count == 0 || patterns.Any(p => Matches(p, known.Value)))
                {
                    return result is UnallocatedExpression ? Error(Rules.NotHere, result.Span, "'unallocated' is the value for this copy") : Bind(result);
                }
            }

            return Error(Rules.NotExhaustive, span);
        }

        bool covered = bound.Any(b => b.Patterns.Count == 0);
        if (!covered && width is > 0 and <= 12)
        {
            covered = Enumerable.Range(0, 1 << width).All(v => bound.Any(b => b.Patterns.Any(p => Matches(p, v))));
        }

        if (!covered && requireAll)
        {
            return Error(Rules.NotExhaustive, span);
        }

        BoundExpression?[] values = [.. bound.Select(b => b.Value is UnallocatedExpression ? null : Bind(b.Value))];
        BoundExpression[] present = [.. values.OfType<BoundExpression>()];
        if (present.Length == 0 || !Unify(span, present))
        {
            return Error(span);
        }

        List<BoundArm> result2 = [];
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            result2.Add(new BoundArm(bound[i].Patterns, values[i] is null ? null : present[next++]));
        }

        return new BoundMatch(span, present[0].Type, present.Any(p => p.IsRun) ? BindingTime.Run : BindingTime.Translate, value, result2);
    }

    private static bool Matches(BoundPattern pattern, BigInteger value) =>
        pattern.Mask is { } mask ? (value & mask) == pattern.From : value >= pattern.From && value <= pattern.To;

    private BigInteger Constant(Expression expression)
    {
        BoundExpression value = BindInt(expression);
        if (value is BoundConstant constant)
        {
            return constant.Value;
        }

        Error(Rules.NotStatic, expression.Span, "a pattern", "at build time");
        return 0;
    }
}
