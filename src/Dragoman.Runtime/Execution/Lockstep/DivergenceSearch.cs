using System.Runtime.InteropServices;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>
/// Finds the first instruction of a TB at which two engines differ, by running ever longer beginnings of the TB on both. A beginning is translated
/// and optimized anew: the whole TB's ops have dropped what its later instructions overwrite.
/// </summary>
internal static unsafe class DivergenceSearch
{
    /// <summary>The shortest beginning that differs, or null when only the whole does. State and memory are those at the TB's start, before and after.</summary>
    public static Divergence? FirstInstruction(Vcpu vcpu, Divergence whole)
    {
        var code = whole.Request.Code;
        using var pin = code.Pin();
        Interlocked.Exchange(ref vcpu.Header->PollWord, 0);
        var loop = new TranslatorLoop(vcpu.Machine.Guest, log: null);
        var slots = (ChainSlot*)NativeMemory.AllocZeroed(2, (nuint)sizeof(ChainSlot));
        try
        {
            for (var count = 1; ; count++)
            {
                loop.Translate(
                    (byte*)pin.Pointer, code.Length, whole.Request.Pc, whole.Request.TbFlags, new TbLimits(count, int.MaxValue, ulong.MaxValue), whole.Request.Parallel, isFirst: false);
                if (loop.InstructionCount < count)
                {
                    return null;
                }

                var request = whole.Request with { Code = code[..loop.Length], Slots = (nint)slots };
                if (Try(vcpu, whole, loop, request) is { } found)
                {
                    return found with { Instruction = count - 1 };
                }
            }
        }
        finally
        {
            NativeMemory.Free(slots);
        }
    }

    private static Divergence? Try(Vcpu vcpu, Divergence whole, TranslatorLoop loop, CompileRequest request)
    {
        Optimizer.Run(loop.Context);
        var ops = loop.Context.Dump();
        StoreLog.Instrument(loop.Context);
        var codes = new[] { whole.First.Compile(loop.Context, request), whole.Other.Compile(loop.Context, request) };
        var first = LockstepCode.RunOne(vcpu, codes[0]);
        LockstepCode.StartAgain(vcpu, whole.Before);
        var other = LockstepCode.RunOne(vcpu, codes[1]);
        LockstepCode.StartAgain(vcpu, whole.Before);
        var differences = first.Exit == TbExit.Requested || other.Exit == TbExit.Requested ? [] : first.Differences(other, vcpu);
        return differences.Count == 0 ? null : new Divergence(whole.First, whole.Other, request, ops, whole.Before, first, other, differences);
    }
}
