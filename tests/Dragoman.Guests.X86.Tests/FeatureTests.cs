using System.Numerics;
using System.Runtime.InteropServices;
using Dragoman.Guests.Tests.Witness;
using Dragoman.Guests.X86;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Interpreter;
using Iced.Intel;
using Decoder = Dragoman.Guests.X86.Decoder;
using Instruction = Dragoman.Guests.X86.Instruction;

namespace Dragoman.Guests.Tests;

/// <summary>What rows need of the CPU model, and what CPUID says of it: as Iced's tables have the manual's column "CPUID feature flag", and as CPUID numbers them.</summary>
public sealed class FeatureTests
{
    private const int Seed = 5;
    private const int PerRow = 60;

    // What every model has; and hints, which are NOPs on what does not know them.
    private static readonly HashSet<CpuidFeature> s_always =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486, CpuidFeature.INTEL286_ONLY, CpuidFeature.X64,
        CpuidFeature.CMOV, CpuidFeature.CX8, CpuidFeature.TSC, CpuidFeature.RDTSCP, CpuidFeature.MSR, CpuidFeature.CPUID, CpuidFeature.SYSCALL, CpuidFeature.SEP,
        CpuidFeature.RDPMC, CpuidFeature.CLFSH, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE, CpuidFeature.CLDEMOTE, CpuidFeature.CET_IBT, CpuidFeature.CET_SS,
        CpuidFeature.PREFETCHW, CpuidFeature.PREFETCHWT1, CpuidFeature.PREFETCHITI, CpuidFeature.WBNOINVD,
    ];

    // What has always come with a feature (1, 11.6.2, 12.1, 13.2, 14.3): one body may serve both, and then needs both.
    private static readonly (Feature Of, Feature Has)[] s_older =
    [
        (Wide, Feature.AVX),
        (Feature.VAES, Feature.AES), (Feature.VPCLMULQDQ, Feature.PCLMULQDQ),
        (Feature.AVX, Feature.SSE42 | Feature.XSAVE), (Feature.XSAVEC | Feature.XSAVEOPT, Feature.XSAVE),
        (Feature.SSE42, Feature.SSE41), (Feature.SSE41, Feature.SSSE3), (Feature.SSSE3, Feature.SSE3), (Feature.SSE3, Feature.SSE2), (Feature.SSE2, Feature.SSE),
    ];

    // What works on YMM registers.
    private const Feature Wide = Feature.AVX2 | Feature.FMA | Feature.F16C | Feature.VAES | Feature.VPCLMULQDQ;

    // Of 2A, CPUID: leaf and subleaf, register (EAX, EBX, ECX, EDX), bit.
    private static readonly Dictionary<Feature, (uint Leaf, uint Subleaf, int Register, int Bit)> s_bits = new()
    {
        [Feature.FPU] = (1, 0, 3, 0), [Feature.MMX] = (1, 0, 3, 23), [Feature.FXSR] = (1, 0, 3, 24), [Feature.SSE] = (1, 0, 3, 25), [Feature.SSE2] = (1, 0, 3, 26),
        [Feature.SSE3] = (1, 0, 2, 0), [Feature.PCLMULQDQ] = (1, 0, 2, 1), [Feature.SSSE3] = (1, 0, 2, 9), [Feature.FMA] = (1, 0, 2, 12), [Feature.CMPXCHG16B] = (1, 0, 2, 13),
        [Feature.SSE41] = (1, 0, 2, 19), [Feature.SSE42] = (1, 0, 2, 20), [Feature.MOVBE] = (1, 0, 2, 22), [Feature.POPCNT] = (1, 0, 2, 23), [Feature.AES] = (1, 0, 2, 25),
        [Feature.XSAVE] = (1, 0, 2, 26), [Feature.AVX] = (1, 0, 2, 28), [Feature.F16C] = (1, 0, 2, 29), [Feature.RDRAND] = (1, 0, 2, 30),
        [Feature.FSGSBASE] = (7, 0, 1, 0), [Feature.BMI1] = (7, 0, 1, 3), [Feature.AVX2] = (7, 0, 1, 5), [Feature.BMI2] = (7, 0, 1, 8), [Feature.RDSEED] = (7, 0, 1, 18),
        [Feature.ADX] = (7, 0, 1, 19), [Feature.CLFLUSHOPT] = (7, 0, 1, 23), [Feature.CLWB] = (7, 0, 1, 24), [Feature.SHA] = (7, 0, 1, 29),
        [Feature.VAES] = (7, 0, 2, 9), [Feature.VPCLMULQDQ] = (7, 0, 2, 10), [Feature.RDPID] = (7, 0, 2, 22),
        [Feature.XSAVEOPT] = (13, 1, 0, 0), [Feature.XSAVEC] = (13, 1, 0, 1), [Feature.LZCNT] = (0x80000001, 0, 2, 5),
    };

    // PADDQ of MMX registers came with SSE2 (1, 5.6.3); WAIT is the x87's; the hints of 0F 18 are NOPs without SSE.
    private static readonly HashSet<string> s_explained = ["PADDQ_Pq_Qq", "WAIT", "PREFETCH_Mb", "PREFETCH_Mb_0F18", "PREFETCH_Mb_0F18_2", "PREFETCH_Mb_0F18_3"];

    private static IEnumerable<Feature> All => Enum.GetValues<Feature>().Where(f => BitOperations.IsPow2((ulong)f));

    [Fact]
    public void Each_row_is_undefined_without_what_it_needs()
    {
        var random = new Random(Seed);
        var iced = new IcedWitness(64);
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        int rows = 0;
        foreach (var row in RowSampler.X86.Rows)
        {
            bool isFound = false;
            foreach (byte[] code in RowSampler.Sample(row, PerRow, random))
            {
                Decoder.Decode(code, 1, out Instruction ours);
                Iced.Intel.Instruction theirs = iced.Decode(code, 0x1000);
                if (theirs.IsInvalid || ours.Id.ToString() != row.Copy.Name)
                {
                    continue;
                }

                isFound = true;
                Feature expected = Expected(theirs);
                Feature required = Decoder.Required(ours.Id);
                if ((expected & ~required) != 0 || (required & ~WithOlder(expected)) != 0)
                {
                    failures[row.Copy.Name] = $"{Convert.ToHexString(code)} {theirs.Mnemonic} needs {expected}, as described {required}";
                }

                foreach (Feature feature in All)
                {
                    Decoder.Decode(code, 1, Feature.All & ~feature, out Instruction without);
                    if (without.Id != ((required & feature) != 0 ? InsnId.Undefined : ours.Id))
                    {
                        failures[row.Copy.Name] = $"{Convert.ToHexString(code)} {theirs.Mnemonic} without {feature} is {without.Id}";
                    }
                }
            }

            rows += isFound ? 1 : 0;
        }

        Assert.Equal(s_explained.Order(StringComparer.Ordinal), failures.Keys.Where(s_explained.Contains));
        foreach (string explained in s_explained)
        {
            failures.Remove(explained);
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Select(f => $"{f.Key}: {f.Value}")));
        Assert.True(rows > RowSampler.X86.Rows.Count * 9 / 10, $"only {rows} rows of {RowSampler.X86.Rows.Count} were met");
    }

    [Fact]
    public void CPUID_shows_each_feature_in_its_bit()
    {
        var everything = s_bits.ToDictionary(b => b.Key, _ => true);
        Assert.Equal(everything, Shown(Feature.All));
        foreach (Feature feature in All)
        {
            Dictionary<Feature, bool> shown = Shown(Feature.All & ~feature);
            Feature hidden = feature | (feature is Feature.XSAVE ? Feature.XSAVEC | Feature.XSAVEOPT | Feature.AVX | Wide : feature is Feature.AVX ? Wide : Feature.None);
            Assert.Equal(everything.Keys.Where(f => (f & hidden) != 0), shown.Where(s => !s.Value).Select(s => s.Key));
        }
    }

    /// <summary>1, 8.1.8: the x87's operand is noted of exceptions only, and selectors are not saved.</summary>
    [Fact]
    public void CPUID_shows_what_the_x87_leaves_out()
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        machine.SetRegister("RAX", 0, 64, 7);
        machine.Run([0x0F, 0xA2]);
        Assert.Equal((UInt128.One, UInt128.One), (machine.GetRegister("RBX", 6, 1), machine.GetRegister("RBX", 13, 1)));

        // FLDENV [RAX]; FNSTENV [RAX]
        var before = new X86State();
        before.Registers[0] = X86State.Scratch;
        Span<uint> environment = MemoryMarshal.Cast<byte, uint>(before.Memory.AsSpan());
        (environment[0], environment[2], environment[3], environment[4], environment[5], environment[6]) = (0x37F, 0xFFFF, 0x12345678, 0xFFFF_0023, 0x9ABC_DEF0, 0xFFFF_002B);
        X86State after = machine.Execute([0xD9, 0x20, 0xD9, 0x30], before);
        Assert.Equal([0x12345678, 0x07FF_0000, 0x9ABC_DEF0, 0xFFFF_0000], MemoryMarshal.Cast<byte, uint>(after.Memory.AsSpan())[3..7].ToArray());
    }

    /// <summary>3C, 31.3: outside VMX operation they are undefined: VMCALL, VMLAUNCH, VMRESUME, VMXOFF, VMFUNC.</summary>
    [Fact]
    public void There_is_no_VMX()
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        foreach (byte modRm in (byte[])[0xC1, 0xC2, 0xC3, 0xC4, 0xD4])
        {
            machine.Run([0x0F, 0x01, modRm]);
            Assert.Equal(ExceptionKind.IllegalInstruction, machine.Last.Kind);
        }

        machine.SetRegister("RAX", 0, 64, 1);
        machine.Run([0x0F, 0xA2]);
        Assert.Equal(UInt128.Zero, machine.GetRegister("RCX", 5, 1));
    }

    private static Dictionary<Feature, bool> Shown(Feature features)
    {
        CpuModel max = X86Guest.Intel64.Cpu;
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0, cpu: max with { Features = (ulong)features });
        return s_bits.ToDictionary(b => b.Key, b =>
        {
            machine.Clear();
            machine.SetRegister("RAX", 0, 64, b.Value.Leaf);
            machine.SetRegister("RCX", 0, 64, b.Value.Subleaf);
            machine.Run([0x0F, 0xA2]);
            return machine.GetRegister(((string[])["RAX", "RBX", "RCX", "RDX"])[b.Value.Register], b.Value.Bit, 1) != 0;
        });
    }

    private static Feature Expected(in Iced.Intel.Instruction instruction)
    {
        Feature expected = Feature.None;
        foreach (CpuidFeature feature in instruction.CpuidFeatures.Where(f => !s_always.Contains(f)))
        {
            expected |= Enum.Parse<Feature>(feature switch
            {
                CpuidFeature.SSE4_1 => "SSE41",
                CpuidFeature.SSE4_2 => "SSE42",
                CpuidFeature.FPU287 or CpuidFeature.FPU387 or CpuidFeature.FPU287XL_ONLY => "FPU",
                _ => feature.ToString(),
            });
        }

        return expected | (instruction.Encoding == EncodingKind.VEX && UsesVectors(instruction) ? Feature.AVX : Feature.None);
    }

    // 2A, 2.4: what VEX encodes of general registers needs no state that XSAVE enables.
    private static bool UsesVectors(in Iced.Intel.Instruction instruction)
    {
        Iced.Intel.Instruction copy = instruction;
        return instruction.CpuidFeatures.All(f => f is not (CpuidFeature.BMI1 or CpuidFeature.BMI2))
            || Enumerable.Range(0, copy.OpCount).Any(k => copy.GetOpKind(k) == OpKind.Register && copy.GetOpRegister(k).IsVectorRegister());
    }

    private static Feature WithOlder(Feature features) =>
        s_older.Aggregate(features, (all, older) => (all & older.Of) != 0 ? all | older.Has : all);
}
