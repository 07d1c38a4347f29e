using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    private static readonly Dictionary<string, string> s_rmw = new()
    {
        ["add"] = "Add", ["and"] = "And", ["or"] = "Or", ["xor"] = "Xor", ["smin"] = "SMin", ["smax"] = "SMax", ["umin"] = "UMin", ["umax"] = "UMax",
        ["xchg"] = "Xchg", ["andnot"] = "AndNot",
    };

    /// <summary>A memory verb, or null when the name is none.</summary>
    private BoundExpression? BindMemory(CallExpression call)
    {
        string[] modifiers = [.. call.Modifiers.Select(m => m.Text)];
        switch (call.Name.Text)
        {
            case "load" when modifiers.Contains("pair"):
                return BindAccess(call, "LoadPair", 1, modifiers, w => IsaType.Tuple([IsaType.Bits(w), IsaType.Bits(w)]));
            case "load":
                return BindAccess(call, "Load", 1, modifiers, IsaType.Bits);
            case "store" when modifiers.Contains("pair"):
                return BindAccess(call, "StorePair", 3, modifiers, _ => IsaType.Void);
            case "store":
                return BindAccess(call, "Store", 2, modifiers, _ => IsaType.Void);
            case "ldx":
                return BindAccess(call, "LoadExclusive", 1, modifiers, IsaType.Bits);
            case "stx":
                return BindAccess(call, "StoreExclusive", 2, modifiers, _ => IsaType.Bits(1));
            case "rmw" when modifiers.Length > 0 && s_rmw.TryGetValue(modifiers[0], out string op):
                return BindAccess(call, "Rmw" + op, 2, [.. modifiers.Skip(1)], IsaType.Bits);
            case "cas":
                return BindAccess(call, "CompareAndSwap", 3, modifiers, IsaType.Bits);
            case "probe" when call.FullName == "probe.w":
                return BindAccess(call, "ProbeWrite", 1, [], _ => IsaType.Void);
            case "monitor" when call.FullName == "monitor.clear":
                Effect();
                return RunOperation(call.Span, IsaType.Void, "ClearMonitor", []);
            case "fence":
                return BindFence(call);
            case "prefetch":
                return BindArguments(call, 1) is { } hint ? RunOperation(call.Span, IsaType.Void, "Prefetch", [], Address(hint[0])) : Error(call.Span);
            case "icache" when call.FullName == "icache.invalidate":
                return BindArguments(call, 1) is { } line ? RunOperation(call.Span, IsaType.Void, "InvalidateInstructionCache", [], Address(line[0])) : Error(call.Span);
            case "icache" when call.FullName == "icache.invalidate_all":
                return BindArguments(call, 0) is not null ? RunOperation(call.Span, IsaType.Void, "InvalidateAllInstructions", []) : Error(call.Span);
            case "dcache" when call.FullName == "dcache.clean":
                return BindArguments(call, 1) is { } data ? RunOperation(call.Span, IsaType.Void, "CleanDataCache", [], Address(data[0])) : Error(call.Span);
            default:
                return null;
        }
    }

    private BoundExpression Address(BoundExpression address) => Lift(Coerce(address, IsaType.Bits(64)));

    private BoundExpression BindAccess(CallExpression call, string name, int count, IReadOnlyList<string> modifiers, Func<int, IsaType> result)
    {
        if (BindOnlyWidth(call) is not { } width || BindArguments(call, count) is not { } arguments)
        {
            return Error(call.Span);
        }

        if (width is not (8 or 16 or 32 or 64 or 128))
        {
            return Error(Rules.BadAccessWidth, call.Span, width);
        }

        BoundExpression? order = null;
        foreach (string modifier in modifiers)
        {
            string? bits = modifier switch
            {
                "acq" => "MemOp.Acquire",
                "acqpc" => "MemOp.AcquirePc",
                "rel" => "MemOp.Release",
                "acqrel" => "MemOp.Acquire | MemOp.Release",
                "sc" => "MemOp.SeqCst",
                "pair" => "",
                _ => null,
            };
            if (bits is null)
            {
                return Error(Rules.UnknownVerb, call.Name.Span, call.FullName);
            }

            order = bits.Length == 0 ? order : Or(order, new BoundOrder(call.Span, bits));
        }

        if (call.Selector is { } selector)
        {
            BoundExpression value = Bind(selector.Value);
            if (value.Type.Kind != TypeKind.Order)
            {
                return value.Type.IsError ? value : Error(Rules.TypeMismatch, selector.Span, "an order", value.Type);
            }

            order = Or(order, value);
        }

        foreach (CallOption option in call.Options)
        {
            switch (option.Name.Text)
            {
                case "align":
                    order = Or(order, new BoundOrder(option.Name.Span, "MemOp.Align"));
                    break;
                case "atom" when option.Value is { } unit && BindWidth(unit) is 8 or 16 or 32 or 64 or 128:
                    int bits = BindWidth(option.Value)!.Value;
                    int log2 = bits switch { 8 => 0, 16 => 1, 32 => 2, 64 => 3, _ => 4 };
                    order = Or(order, new BoundOrder(option.Name.Span, $"(MemOp){(log2 + 1) << 8}"));
                    break;
                case "mode" when option.Value is { } chosen && BindInt(chosen) is { IsRun: false } mode:
                    order = Or(order, new BoundOperation(option.Name.Span, IsaType.Order, BindingTime.Translate, "InMode", [], [mode]));
                    break;
                default:
                    return Error(Rules.BadOption, option.Name.Span, option.Name.Text);
            }
        }

        Effect();
        (BoundExpression address, BoundExpression offset) = SplitAddress(Coerce(arguments[0], IsaType.Bits(64)));
        if (name is "LoadExclusive" or "StoreExclusive" or "CompareAndSwap" or "ProbeWrite" || name.StartsWith("Rmw", StringComparison.Ordinal))
        {
            (address, offset) = (Address(arguments[0]), Int(call.Span, 0));
        }

        IsaType data = IsaType.Bits(width);
        List<BoundExpression> all = [address];
        if (name is "Load" or "Store" or "LoadPair" or "StorePair")
        {
            all.Add(offset);
        }

        all.AddRange(arguments.Skip(1).Select(a => Lift(Coerce(a, data))));
        all.Add(order ?? new BoundOrder(call.Span, "0"));
        return RunOperation(call.Span, result(width), name, [width.ToString()], [.. all]);
    }

    private BoundExpression Or(BoundExpression? left, BoundExpression right) => left switch
    {
        null => right,
        BoundOrder a when right is BoundOrder b => new BoundOrder(a.Span, a.MemOp + " | " + b.MemOp),
        _ => new BoundOperation(right.Span, IsaType.Order, BindingTime.Translate, "Or", [], [left, right]),
    };

    /// <summary>Base and displacement: the IR's accesses take both.</summary>
    private (BoundExpression Base, BoundExpression Offset) SplitAddress(BoundExpression address)
    {
        if (address is BoundOperation { IsRun: true, Name: "Add", Type.Width: 64 } sum)
        {
            for (int i = 0; i < 2; i++)
            {
                if (sum.Arguments[i] is BoundLift { Value: var displacement } && sum.Arguments[1 - i] is not BoundLift)
                {
                    return (sum.Arguments[1 - i], displacement is BoundOperation { Name: "IntToBits" } widened ? widened.Arguments[0] : Coerce(SignedConstant(displacement), IsaType.Int));
                }
            }
        }

        return (Lift(address), Int(address.Span, 0));
    }

    private static BoundExpression SignedConstant(BoundExpression value) =>
        value is BoundConstant { Type.Width: 64 } constant && constant.Value >= System.Numerics.BigInteger.One << 63
            ? Int(value.Span, constant.Value - (System.Numerics.BigInteger.One << 64))
            : value is BoundConstant small ? Int(value.Span, small.Value) : value;

    private BoundExpression BindOrder(CallExpression call)
    {
        BoundExpression? acquire = null;
        BoundExpression? release = null;
        foreach (Argument argument in call.Arguments)
        {
            BoundExpression value = BindCondition(argument.Value);
            switch (argument.Label?.Text)
            {
                case "acq":
                    acquire = value;
                    break;
                case "rel":
                    release = value;
                    break;
                default:
                    return Error(Rules.UnknownVerb, call.Span, "order(" + argument.Label?.Text + ")");
            }
        }

        acquire ??= Truth(call.Span, false);
        release ??= Truth(call.Span, false);
        if (acquire.IsRun || release.IsRun)
        {
            return Error(Rules.NotStatic, call.Span, "an order", "while translating");
        }

        if (acquire is BoundConstant a && release is BoundConstant r)
        {
            return new BoundOrder(call.Span, (a.Value.IsZero, r.Value.IsZero) switch
            {
                (true, true) => "0",
                (false, true) => "MemOp.Acquire",
                (true, false) => "MemOp.Release",
                _ => "MemOp.Acquire | MemOp.Release",
            });
        }

        return new BoundOperation(call.Span, IsaType.Order, BindingTime.Translate, "Order", [], [acquire, release]);
    }

    private BoundExpression BindFence(CallExpression call)
    {
        if (call.Arguments.Count != 1)
        {
            return Error(Rules.BadFence, call.Span);
        }

        Effect();
        return BindFenceKind(call, call.Arguments[0].Value);
    }

    private BoundExpression BindFenceKind(CallExpression call, Expression kind)
    {
        switch (kind)
        {
            case NameExpression { Name: "isb" }:
                return RunOperation(call.Span, IsaType.Void, "InstructionBarrier", []);
            case ArrowExpression { From: NameExpression { Name: "r" or "w" or "rw" } from, To: NameExpression { Name: "r" or "w" or "rw" } to }:
                List<string> bits = [];
                void Add(string f, string t, string name)
                {
                    if (from.Name.Contains(f) && to.Name.Contains(t))
                    {
                        bits.Add("MemBarrier." + name);
                    }
                }

                Add("r", "r", "LoadLoad");
                Add("r", "w", "LoadStore");
                Add("w", "r", "StoreLoad");
                Add("w", "w", "StoreStore");
                return RunOperation(call.Span, IsaType.Void, "Fence", [string.Join(" | ", bits)]);
            case MatchExpression match:
                BoundExpression value = BindInt(match.Value);
                if (value.Type.IsError || value.IsRun)
                {
                    return Error(call.Span);
                }

                List<BoundArm> arms = [];
                foreach (MatchArm arm in match.Arms)
                {
                    BoundExpression target = BindFenceKind(call, arm.Value);
                    if (target.Type.IsError)
                    {
                        return target;
                    }

                    List<BoundPattern> patterns = [];
                    foreach (MatchPattern pattern in arm.Patterns)
                    {
                        if (pattern is ValuePattern single)
                        {
                            System.Numerics.BigInteger at = Constant(single.Value);
                            patterns.Add(new BoundPattern(at, at, null));
                        }
                    }

                    arms.Add(new BoundArm(patterns, target));
                }

                return new BoundMatch(call.Span, IsaType.Void, BindingTime.Run, value, arms);
            case ConditionalExpression conditional:
                BoundExpression condition = BindCondition(conditional.Condition);
                BoundExpression whenTrue = BindFenceKind(call, conditional.WhenTrue);
                BoundExpression whenFalse = BindFenceKind(call, conditional.WhenFalse);
                return new BoundConditional(call.Span, IsaType.Void, BindingTime.Run, condition, whenTrue, whenFalse);
            default:
                return Error(Rules.BadFence, kind.Span);
        }
    }
}
