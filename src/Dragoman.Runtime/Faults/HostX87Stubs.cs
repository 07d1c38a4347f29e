using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dragoman.Tcg.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Runtime.Faults;

/// <summary>Operations of <see cref="X87Host"/> by the host's own x87.</summary>
/// <remarks>
/// The host's control word is the ABI's, which is also what most guests keep: 64 bits, to nearest, every exception masked; a function that changes it puts it back (System V ABI, 3.2.1).
/// Nobody clears the host's exception flags before an operation, for that takes longer than the operation. They are exact all the same: flags that the guest already knows change nothing, and
/// where another one is set, which may be older than the operation, the operation is done once more with the flags clear.
/// </remarks>
internal static class HostX87Stubs
{
    private const int Exceptions = 0x3F, C1 = 0x200, Conditions = 0x4500;
    private const int PrecisionControl = 0x300, ReservedPrecision = 0x100, DefaultControl = 0x37F;

    // Below RSP is the red zone of 128 bytes (System V ABI, 3.2.2), in which the operands lie as words of 16 bytes.
    private const int Left = -64, Right = -48, Control = Left + 12, Result = -32, Restored = -8;

    /// <summary>Lets guests' operations be done by the host, where it is an x86-64. Once, before guest code runs.</summary>
    public static void Install()
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            X87Host.Install(Emit);
        }
    }

    // Arguments are in RDI, RSI, RDX, RCX, the result in RDX:RAX. R8 has the control word and known exceptions, R9 the exceptions of the result.
    private static nint Emit(X87Operation operation)
    {
        if (BodyOf(operation) is not { } body)
        {
            return 0;
        }

        var c = new Assembler(64);
        (Label special, Label exact, Label finish, Label again, Label collect) = (c.CreateLabel(), c.CreateLabel(), c.CreateLabel(), c.CreateLabel(), c.CreateLabel());
        c.mov(__qword_ptr[rsp + Left], rdi);
        c.mov(__qword_ptr[rsp + Left + 8], rsi);
        c.mov(__qword_ptr[rsp + Right], rdx);
        c.mov(__qword_ptr[rsp + Right + 8], rcx);
        c.mov(r8, rsi);
        c.shr(r8, 32);
        c.mov(r9d, r8d);
        c.shr(r9d, 16);
        c.and(r9d, Exceptions);
        c.cmp(r8w, DefaultControl);
        c.jne(special);

        body.Run(c);
        c.mov(r10d, r9d);
        c.not(r10d);
        c.and(r10d, eax);
        c.test(r10d, Exceptions);
        c.jnz(again);
        c.Label(ref finish);
        c.and(eax, body.Status);
        c.or(eax, r9d);
        c.shl(rax, 32);
        if (body.Result == ResultKind.Extended)
        {
            c.movzx(edx, __word_ptr[rsp + Result + 8]);
            c.or(rdx, rax);
        }
        else
        {
            c.mov(rdx, rax);
        }

        LoadResult(c, body.Result);
        c.ret();

        c.Label(ref again);
        c.fnclex();
        body.Run(c);
        c.Label(ref collect);
        c.mov(r10d, eax);
        c.and(r10d, Exceptions);
        c.or(r9d, r10d);
        c.jmp(finish);

        c.Label(ref special);
        c.mov(r10d, r8d);
        c.and(r10d, Exceptions);
        c.cmp(r10d, Exceptions);
        c.jne(exact);
        c.mov(r10d, r8d);
        c.and(r10d, PrecisionControl);
        c.cmp(r10d, ReservedPrecision);
        c.je(exact);
        c.mov(__word_ptr[rsp + Restored], DefaultControl);
        c.fnclex();
        c.fldcw(__word_ptr[rsp + Control]);
        body.Run(c);
        c.fldcw(__word_ptr[rsp + Restored]);
        c.jmp(collect);

        c.Label(ref exact);
        c.mov(r8d, (int)operation);
        c.mov(rax, X87Host.ExactCode);
        c.jmp(rax);
        return NativeCode.Emit(c);
    }

    private enum ResultKind
    {
        None,
        Word,
        Doubleword,
        Quadword,
        Extended,
    }

    // Run leaves the status word in AX and the result in its place. Status is what of it, beside exceptions, belongs to the result.
    private sealed record Body(Action<Assembler> Run, int Status, ResultKind Result);

    private static Body? BodyOf(X87Operation operation)
    {
        X87Operation source = operation & ~X87Operation.NumberMask;
        return (operation & X87Operation.NumberMask) switch
        {
            X87Operation.Add => Arithmetic(c => c.faddp(st1, st0), c => c.fadd(__dword_ptr[rsp + Right]), c => c.fadd(__qword_ptr[rsp + Right])),
            X87Operation.Subtract => Arithmetic(c => c.fsubp(st1, st0), c => c.fsub(__dword_ptr[rsp + Right]), c => c.fsub(__qword_ptr[rsp + Right])),
            X87Operation.SubtractReversed => Arithmetic(c => c.fsubrp(st1, st0), c => c.fsubr(__dword_ptr[rsp + Right]), c => c.fsubr(__qword_ptr[rsp + Right])),
            X87Operation.Multiply => Arithmetic(c => c.fmulp(st1, st0), c => c.fmul(__dword_ptr[rsp + Right]), c => c.fmul(__qword_ptr[rsp + Right])),
            X87Operation.Divide => Arithmetic(c => c.fdivp(st1, st0), c => c.fdiv(__dword_ptr[rsp + Right]), c => c.fdiv(__qword_ptr[rsp + Right])),
            X87Operation.DivideReversed => Arithmetic(c => c.fdivrp(st1, st0), c => c.fdivr(__dword_ptr[rsp + Right]), c => c.fdivr(__qword_ptr[rsp + Right])),
            X87Operation.Compare => Comparison(c => c.fcompp(), c => c.fcomp(__dword_ptr[rsp + Right]), c => c.fcomp(__qword_ptr[rsp + Right])),
            X87Operation.CompareQuiet => Comparison(c => c.fucompp(), null, null),
            X87Operation.Sqrt => OfOne(c => c.fsqrt()),
            X87Operation.Round => OfOne(c => c.frndint()),
            X87Operation.Remainder => Remainder(c => c.fprem()),
            X87Operation.RemainderNearest => Remainder(c => c.fprem1()),
            X87Operation.Scale => OfTwo(c => c.fscale(), C1),
            X87Operation.From32 => Loaded(c => c.fld(__dword_ptr[rsp + Left])),
            X87Operation.From64 => Loaded(c => c.fld(__qword_ptr[rsp + Left])),
            X87Operation.FromInteger => Loaded(c => c.fild(__qword_ptr[rsp + Left])),
            X87Operation.To32 => Stored(c => c.fstp(__dword_ptr[rsp + Result]), ResultKind.Doubleword),
            X87Operation.To64 => Stored(c => c.fstp(__qword_ptr[rsp + Result]), ResultKind.Quadword),
            X87Operation.ToInt16 => Stored(c => c.fistp(__word_ptr[rsp + Result]), ResultKind.Word),
            X87Operation.ToInt32 => Stored(c => c.fistp(__dword_ptr[rsp + Result]), ResultKind.Doubleword),
            X87Operation.ToInt64 => Stored(c => c.fistp(__qword_ptr[rsp + Result]), ResultKind.Quadword),
            X87Operation.Truncate16 when Sse3.IsSupported => Stored(c => c.fisttp(__word_ptr[rsp + Result]), ResultKind.Word),
            X87Operation.Truncate32 when Sse3.IsSupported => Stored(c => c.fisttp(__dword_ptr[rsp + Result]), ResultKind.Doubleword),
            X87Operation.Truncate64 when Sse3.IsSupported => Stored(c => c.fisttp(__qword_ptr[rsp + Result]), ResultKind.Quadword),
            _ => null,
        };

        Body Arithmetic(Action<Assembler> registers, Action<Assembler> single, Action<Assembler> wide) => new(
            c =>
            {
                LoadLeft(c);
                LoadSource(c);
                OfSource(registers, single, wide)(c);
                Finish(c);
            },
            C1,
            ResultKind.Extended);

        // FCOM's first operand is the top of the stack, FADD's the one below.
        Body Comparison(Action<Assembler> registers, Action<Assembler>? single, Action<Assembler>? wide) => new(
            c =>
            {
                LoadSource(c);
                LoadLeft(c);
                OfSource(registers, single, wide)(c);
                c.fnstsw(ax);
            },
            Conditions,
            ResultKind.None);

        // A single or a double is an operand in memory of the instruction itself.
        void LoadSource(Assembler c)
        {
            if (source == 0)
            {
                LoadRight(c);
            }
        }

        Action<Assembler> OfSource(Action<Assembler> registers, Action<Assembler>? single, Action<Assembler>? wide) =>
            (source == 0 ? registers : source == X87Operation.WithSingle ? single : wide)!;
    }

    private static Body OfOne(Action<Assembler> operation) => new(
        c =>
        {
            LoadLeft(c);
            operation(c);
            Finish(c);
        },
        C1,
        ResultKind.Extended);

    private static Body OfTwo(Action<Assembler> operation, int status) => new(
        c =>
        {
            LoadRight(c);
            LoadLeft(c);
            operation(c);
            Finish(c);
            c.fstp(st0);
        },
        status,
        ResultKind.Extended);

    // Where there is no quotient C0 and C3 stay as they are: clear, which a number greater than another makes them.
    private static Body Remainder(Action<Assembler> operation) => OfTwo(
        c =>
        {
            c.fldz();
            c.fld1();
            c.fcompp();
            operation(c);
        },
        C1 | Conditions);

    private static Body Loaded(Action<Assembler> load) => new(
        c =>
        {
            load(c);
            Finish(c);
        },
        C1,
        ResultKind.Extended);

    private static Body Stored(Action<Assembler> store, ResultKind result) => new(
        c =>
        {
            LoadLeft(c);
            store(c);
            c.fnstsw(ax);
        },
        C1,
        result);

    private static void LoadLeft(Assembler c) => c.fld(__tword_ptr[rsp + Left]);

    private static void LoadRight(Assembler c) => c.fld(__tword_ptr[rsp + Right]);

    // C1 is the operation's, which storing would change.
    private static void Finish(Assembler c)
    {
        c.fnstsw(ax);
        c.fstp(__tword_ptr[rsp + Result]);
    }

    private static void LoadResult(Assembler c, ResultKind kind)
    {
        switch (kind)
        {
            case ResultKind.None:
                c.xor(eax, eax);
                break;
            case ResultKind.Word:
                c.movzx(eax, __word_ptr[rsp + Result]);
                break;
            case ResultKind.Doubleword:
                c.mov(eax, __dword_ptr[rsp + Result]);
                break;
            default:
                c.mov(rax, __qword_ptr[rsp + Result]);
                break;
        }
    }
}
