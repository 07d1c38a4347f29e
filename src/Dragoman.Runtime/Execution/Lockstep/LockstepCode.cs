using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>One TB on every engine.</summary>
internal sealed unsafe class LockstepCode(IReadOnlyList<ITcgBackend> engines, TbCode[] codes, CompileRequest request, string ops) : TbCode
{
    public override int Size => codes.Sum(code => code.Size);

    public override string? Dump() => string.Concat(engines.Zip(codes, (engine, code) => $"{engine.Name}:\n{code.Dump()}\n"));

    public override nint Execute(byte* env)
    {
        var vcpu = Vcpu.FromEnv(env);
        var before = Snapshot.Take(vcpu);
        HostTape.Current.Clear();
        var first = RunOne(vcpu, codes[0]);
        for (var i = 1; i < codes.Length && first.Exit != TbExit.Requested; i++)
        {
            StartAgain(vcpu, before);
            var other = RunOne(vcpu, codes[i]);
            if (other.Exit == TbExit.Requested)
            {
                first = other;
            }
            else if (first.Differences(other, vcpu) is { Count: > 0 } differences)
            {
                var found = new Divergence(engines[0], engines[i], request, ops, before, first, other, differences);
                StartAgain(vcpu, before);
                throw new LockstepException((DivergenceSearch.FirstInstruction(vcpu, found) ?? found).Report(vcpu));
            }
        }

        if (first.Exit == TbExit.Requested)
        {
            // A request came while an engine ran, which may have stopped in the middle: none of it has happened.
            StoreLog.Current.Undo(vcpu.Machine.Memory);
            before.Restore(vcpu);
            return TbExit.Requested;
        }

        return first.Exit;
    }

    /// <summary>Puts state and memory back to where the TB found them.</summary>
    public static void StartAgain(Vcpu vcpu, Snapshot before)
    {
        StoreLog.Current.Undo(vcpu.Machine.Memory);
        before.Restore(vcpu);
        HostTape.Current.Rewind();
    }

    /// <summary>Runs one engine's code of a TB.</summary>
    public static Outcome RunOne(Vcpu vcpu, TbCode code)
    {
        StoreLog.Current.Clear();
        nint exit;
        try
        {
            exit = code.Execute(vcpu.Env);
        }
        catch (NullReferenceException) when (vcpu.Header->HostSignal != 0)
        {
            exit = TbExit.Exception;
        }

        vcpu.Machine.Guest.FpEnvironment?.Collect(vcpu.Env);
        return new Outcome(
            (nuint)exit >= (nuint)TbExit.FirstSlot ? TbExit.Lookup : exit, Snapshot.Take(vcpu), StoreLog.Current.ReadNow(vcpu.Machine.Memory));
    }
}
