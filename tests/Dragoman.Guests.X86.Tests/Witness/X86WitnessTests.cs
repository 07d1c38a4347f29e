using System.Runtime.Intrinsics.X86;
using System.Text;
using Dragoman.Conformance.Tests;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Iced.Intel;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>
/// Every described instruction that this machine's processor has, executed by the processor, the interpreter and IL on edge and random operands: all
/// registers, memory, and the flags that the manual defines must be equal. Which flags are undefined the description says: those that differ when
/// translated code writes them 0 and 1.
/// </summary>
[Collection("processor")]
public sealed class X86WitnessTests(ITestOutputHelper output)
{
    private const int Seed = 11;

    private static int EncodingsPerRow => Tools.IsLongRun ? 600 : 4;

    private static int StatesPerEncoding => Tools.IsLongRun ? 20 : 3;

    [Fact]
    public void Every_instruction_does_what_the_processor_does()
    {
        using var native = new NativeProcessor();
        using var oracle = new X86Evaluator();
        using var interpreter = new X86Machine(new InterpreterBackend(), undefined: 0);
        using var other = new X86Machine(new InterpreterBackend(), undefined: 1);
        using var il = new X86Machine(new IlBackend(), undefined: 0);
        var random = new Random(Seed);
        var generator = new X86TrialGenerator(random);
        var iced = new IcedWitness(64);
        var failures = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var executed = new HashSet<string>();
        int trials = 0, raised = 0, flagsChecked = 0;
        foreach (var row in RowSampler.X86.Rows)
        {
            int done = 0;
            foreach (byte[] bytes in RowSampler.Sample(row, EncodingsPerRow * 2, random))
            {
                Instruction instruction = iced.Decode(bytes, 0x1000_0000);
                if (instruction.IsInvalid || !IsWitnessed(instruction) || done >= EncodingsPerRow)
                {
                    continue;
                }

                byte[] code = bytes[..instruction.Length];
                for (int i = 0; i < StatesPerEncoding; i++)
                {
                    if (generator.Generate(instruction) is not { } before)
                    {
                        continue;
                    }

                    done += i == 0 ? 1 : 0;
                    trials++;
                    X86State ours = interpreter.Execute(code, before);
                    Note(ours.Difference(oracle.Execute(code, before), X86State.Flags), "interpreter and oracle");
                    X86State again = other.Execute(code, before);
                    ulong undefined = ours.Rflags ^ again.Rflags;
                    Note(ours.Difference(again, X86State.Flags & ~undefined), "undefined flags reach");
                    if (i == 0)
                    {
                        Note(ours.Difference(il.Execute(code, before), X86State.Flags), "interpreter and IL");
                    }

                    if (ours.Raised)
                    {
                        raised++;
                        continue;
                    }

                    if (HasUndefinedResult(instruction, before))
                    {
                        continue;
                    }

                    executed.Add(row.Copy.Name);
                    flagsChecked += System.Numerics.BitOperations.PopCount(X86State.Flags & ~undefined);
                    Note(ours.Difference(native.Execute(code, before), X86State.Flags & ~undefined, IgnoredStatus(instruction)), "ours and the processor");

                    void Note(string difference, string who)
                    {
                        if (difference.Length > 0)
                        {
                            (failures.TryGetValue(row.Item.Name.Text + " " + who, out List<string>? list) ? list : failures[row.Item.Name.Text + " " + who] = [])
                                .Add($"{Convert.ToHexString(code)} {iced.Text(instruction)}: {difference}; before {string.Join(" ", before.Registers.Select(r => r.ToString("x")))} {before.Rflags:x} {before.X87}");
                        }
                    }
                }
            }
        }

        output.WriteLine($"{trials} trials of {executed.Count} of {RowSampler.X86.Rows.Count} rows, {raised} raised, {flagsChecked} flags compared");
        var report = new StringBuilder();
        foreach ((string kind, List<string> list) in failures)
        {
            report.AppendLine($"{kind} ({list.Count}): {list[0]}");
        }

        Assert.True(failures.Count == 0, report.ToString());
        Assert.True(executed.Count > 200, $"only {executed.Count} rows were executed");
    }

    /// <summary>What can be executed between two stubs: no branches, no system, no approximations, no images that tell the last instruction, and only what this processor has.</summary>
    private static bool IsWitnessed(in Instruction instruction) =>
        instruction.FlowControl == FlowControl.Next
        && instruction.SegmentPrefix is not (Register.FS or Register.GS)
        && instruction.Mnemonic is not (Mnemonic.Popf or Mnemonic.Popfq or Mnemonic.Enter or Mnemonic.Cpuid or Mnemonic.Rdtsc or Mnemonic.Rdtscp or Mnemonic.Rdrand or Mnemonic.Rdseed or Mnemonic.Rdpid or Mnemonic.Xgetbv or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsavec or Mnemonic.Xsavec64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64 or Mnemonic.Xrstor or Mnemonic.Xrstor64 or Mnemonic.Pause
            or Mnemonic.Fnstenv or Mnemonic.Fnsave or Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64
            or Mnemonic.Vrcpps or Mnemonic.Vrcpss or Mnemonic.Vrsqrtps or Mnemonic.Vrsqrtss or Mnemonic.Rcpps or Mnemonic.Rcpss or Mnemonic.Rsqrtps or Mnemonic.Rsqrtss
            or Mnemonic.Wrfsbase or Mnemonic.Wrgsbase or Mnemonic.Rdfsbase or Mnemonic.Rdgsbase)
        && instruction.Mnemonic is not (Mnemonic.Lfs or Mnemonic.Lgs or Mnemonic.Lss or Mnemonic.Sgdt or Mnemonic.Sidt or Mnemonic.Sldt or Mnemonic.Str or Mnemonic.Smsw)
        && !UsesSegmentRegister(instruction)
        && instruction.CpuidFeatures.All(IsPresent);

    /// <summary>
    /// SDM 2B, SHLD and SHRD: a count above the operand's size leaves the destination undefined. 2A, FCOM and FCOMI: an invalid operation that is not masked
    /// leaves the codes and flags as they were; processors of AMD's write them. 1, 8.5.2: a denormal operand that is not masked is not loaded; they load it.
    /// </summary>
    private static bool HasUndefinedResult(in Instruction instruction, X86State before) =>
        (before.X87.Control & 3) != 3 && s_comparisons.Contains(instruction.Mnemonic)
        || (before.X87.Control & 2) == 0 && instruction.Mnemonic == Mnemonic.Fld && instruction.Op0Kind == OpKind.Memory
        || instruction.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && instruction.Op1Register.GetSize() == 2
        && ((instruction.Op2Kind == OpKind.Register ? before.Registers[1] : instruction.Immediate8) & 31) > 16;

    /// <summary>
    /// Of functions the manual promises accuracy, to which X87WordTests holds them: here values need only be near, and denormal, underflow, precision and what
    /// is summed up of them do not count. FCOMI and its like clear C1 (2A, FCOMI); processors of AMD's leave it.
    /// </summary>
    private static int IgnoredStatus(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.F2xm1 or Mnemonic.Fyl2x or Mnemonic.Fyl2xp1 or Mnemonic.Fptan or Mnemonic.Fpatan or Mnemonic.Fsin or Mnemonic.Fcos or Mnemonic.Fsincos => 0x8292 | X87State.Precision,
        Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip => X87State.C1,
        _ => 0,
    };

    private static readonly HashSet<Mnemonic> s_comparisons =
    [
        Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp, Mnemonic.Ficom, Mnemonic.Ficomp, Mnemonic.Ftst, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Fucompp,
        Mnemonic.Fcomi, Mnemonic.Fcomip, Mnemonic.Fucomi, Mnemonic.Fucomip,
    ];

    private static bool UsesSegmentRegister(in Instruction instruction) =>
        instruction.Op0Register.IsSegmentRegister() || instruction.Op1Register.IsSegmentRegister();

    private static bool IsPresent(CpuidFeature feature) => feature switch
    {
        CpuidFeature.BMI1 => Bmi1.IsSupported,
        CpuidFeature.BMI2 => Bmi2.IsSupported,
        CpuidFeature.LZCNT => Lzcnt.IsSupported,
        CpuidFeature.POPCNT => Popcnt.IsSupported,
        CpuidFeature.MOVBE => (X86Base.CpuId(1, 0).Ecx >> 22 & 1) != 0,
        CpuidFeature.ADX => (X86Base.CpuId(7, 0).Ebx >> 19 & 1) != 0,
        CpuidFeature.SSE3 => Sse3.IsSupported,
        CpuidFeature.SSSE3 => Ssse3.IsSupported,
        CpuidFeature.SSE4_1 => Sse41.IsSupported,
        CpuidFeature.AES => Aes.IsSupported,
        CpuidFeature.PCLMULQDQ => Pclmulqdq.IsSupported,
        CpuidFeature.SHA => (X86Base.CpuId(7, 0).Ebx >> 29 & 1) != 0,
        CpuidFeature.SSE4_2 => Sse42.IsSupported,
        CpuidFeature.AVX => Avx.IsSupported,
        CpuidFeature.AVX2 => Avx2.IsSupported,
        CpuidFeature.FMA => Fma.IsSupported,
        CpuidFeature.F16C => (X86Base.CpuId(1, 0).Ecx >> 29 & 1) != 0,
        CpuidFeature.CLFLUSHOPT => (X86Base.CpuId(7, 0).Ebx >> 23 & 1) != 0,
        CpuidFeature.CLWB => (X86Base.CpuId(7, 0).Ebx >> 24 & 1) != 0,
        CpuidFeature.VAES => (X86Base.CpuId(7, 0).Ecx >> 9 & 1) != 0,
        CpuidFeature.VPCLMULQDQ => (X86Base.CpuId(7, 0).Ecx >> 10 & 1) != 0,
        CpuidFeature.CMPXCHG16B => (X86Base.CpuId(1, 0).Ecx >> 13 & 1) != 0,
        _ => true,
    };
}
