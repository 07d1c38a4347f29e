using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>What an instruction does outside its vCPU's registers by a helper, or by leaving translated code.</summary>
internal static class OutsideAccess
{
    /// <summary>Guest memory, in a helper.</summary>
    public const string Memory = "memory";

    // An effect of helpers, and its verb.
    private static readonly (string Effect, string Verb)[] s_effects = [("tlb", "flush TLB"), ("device", "device"), ("shared", "shared state"), ("memory", Memory)];

    // A member of ExceptionKind, and its verb.
    private static readonly Dictionary<string, string> s_exits = new()
    {
        ["Yield"] = "wait (yield)", ["Halt"] = "wait (halt)", ["FirmwareCall"] = "board (firmware)", ["Semihosting"] = "board (semihosting)",
    };

    /// <summary>The helper's effects, by its name: <c>flush TLB (tlb_invalidate)</c>.</summary>
    public static IEnumerable<MemoryAccess> Of(BoundHelperCall call) => s_effects
        .Where(e => call.Helper.Effects.Contains(e.Effect))
        .Select(e => new MemoryAccess(call.Span, $"{e.Verb} ({call.Helper.Name})", 0, [], "", "", null));

    /// <summary>Exits that wait, or that ask the board.</summary>
    public static IEnumerable<MemoryAccess> Of(BoundRaise raise) =>
        s_exits.TryGetValue(raise.Kind, out string verb) ? [new MemoryAccess(raise.Span, verb, 0, [], "", "", null)] : [];
}
