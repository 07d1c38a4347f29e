using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// One operation on a register format from its operands to its trap, done exactly: the environment it computes in, what its operands are, and who is told of its
/// exceptions. The model is docs/floating-point.md, "Traps".
/// </summary>
internal unsafe ref struct RegisterOperation
{
    private const FpExceptions AlwaysTrap = FpExceptions.Invalid | FpExceptions.DivideByZero | FpExceptions.Overflow;

    private readonly VcpuHeader* _header;
    private readonly FpTrap _trap;
    private bool _illegal;
    private bool _denormal;

    /// <summary>What the arithmetic computes in: the vCPU's environment with this operation's rounding, and exceptions of its own.</summary>
    public FpStatus Status;

    public RegisterOperation(byte* env, FpTrap trap, FpRounding rounding)
    {
        _header = (VcpuHeader*)env;
        _trap = trap;
        Status = _header->Fp;
        Status.Exceptions = FpExceptions.None;
        Status.FlushInputs = Completes && Status.FlushInputs;
        Status.FlushOutputs = false;
        if (rounding != FpRounding.Dynamic)
        {
            Status.Rounding = rounding;
        }
    }

    private readonly bool Completes => (_trap & FpTrap.Software) != 0;

    private readonly bool TrapsUnderflow => (_trap & FpTrap.Underflow) != 0;

    /// <summary>Looks at an IEEE operand. Without software completion only finite numbers, but no denormals, are legal (Alpha ARM 4.7.7.4).</summary>
    public void Operand(ulong bits, bool allowInfinity = false)
    {
        if (RegisterBits.IsDenormal(bits))
        {
            _denormal |= !Status.FlushInputs;
            _illegal |= !Completes;
        }
        else if (!RegisterBits.IsFinite(bits) && !(allowInfinity && RegisterBits.IsInfinity(bits)))
        {
            _illegal |= !Completes;
        }
    }

    /// <summary>Ends an operation with an IEEE result: a true zero takes the place of a tiny one, or software computes it.</summary>
    public ulong Finish(ulong result)
    {
        FpExceptions exceptions = Status.Exceptions;
        bool tiny = (exceptions & FpExceptions.Underflow) != 0 || RegisterBits.IsDenormal(result);
        if (tiny && (!Completes || _header->Fp.FlushOutputs))
        {
            // Alpha ARM 4.7.7.7, 4.7.7.11.
            exceptions |= FpExceptions.Underflow | FpExceptions.Inexact;
            tiny = false;
            result = 0;
        }

        Report(exceptions, tiny);
        return result;
    }

    /// <summary>Ends an operation whose result is no floating number, with what it raised.</summary>
    public void Finish() => Report(Status.Exceptions, false);

    /// <summary>Ends a VAX operation: every exception that it may trap on does, and the control register is left alone (4.7.8 leaves both open).</summary>
    public readonly void FinishVax()
    {
        // Operands come before results.
        FpExceptions exceptions = (Status.Exceptions & FpExceptions.Invalid) != 0 ? FpExceptions.Invalid : Status.Exceptions;
        Raise(exceptions & Trapping, 0);
    }

    private readonly FpExceptions Trapping
        => AlwaysTrap | (TrapsUnderflow ? FpExceptions.Underflow | FpExceptions.IntegerOverflow : FpExceptions.None);

    private readonly void Report(FpExceptions exceptions, bool suppliesDenormal)
    {
        ref FpStatus status = ref _header->Fp;
        if (!Completes)
        {
            exceptions = _illegal ? FpExceptions.Invalid : exceptions;
            status.Exceptions |= exceptions;
            Raise(exceptions & Trapping, 0);
            return;
        }

        bool overflows = TrapsUnderflow && (exceptions & FpExceptions.IntegerOverflow) != 0;
        FpExceptions unmasked = AlwaysTrap | ((_trap & FpTrap.Inexact) != 0 ? FpExceptions.Inexact : FpExceptions.None);
        bool completed = _denormal || suppliesDenormal || overflows || (exceptions & unmasked & ~status.Masked) != 0;
        if (overflows)
        {
            // Alpha ARM B.2.1: software reports it as an invalid operation.
            exceptions |= FpExceptions.Invalid;
        }

        // Linux shows a denormal operand in FPCR at the place of the integer overflow, which software never sees as such, nor as inexact.
        FpExceptions seen = exceptions & ~(overflows ? FpExceptions.IntegerOverflow | FpExceptions.Inexact : FpExceptions.IntegerOverflow);
        if (_denormal)
        {
            seen |= FpExceptions.IntegerOverflow;
        }

        status.Exceptions |= exceptions | seen;
        if (completed)
        {
            Raise(seen & status.Enabled, 1);
        }
    }

    /// <summary>Leaves a pending trap; its argument is an exception summary (Alpha ARM 4.14): software completion in bit 0, exceptions from bit 1 on.</summary>
    private readonly void Raise(FpExceptions exceptions, ulong software)
    {
        if (exceptions != FpExceptions.None)
        {
            _header->ExceptionArg = ((ulong)exceptions << 1) | software;
            _header->Exception = ExceptionKind.Arithmetic;
        }
    }
}
