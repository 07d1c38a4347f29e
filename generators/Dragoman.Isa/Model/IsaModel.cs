using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>A bound description: all that emitters need.</summary>
public sealed class IsaModel
{
    public string Name { get; set; } = "Guest";

    /// <summary>False where lane functions are to be computed as written, lane by lane: in an oracle, which then checks the vector forms.</summary>
    public bool UseVectorOps { get; init; } = true;

    /// <summary>Bytes of an instruction unit.</summary>
    public int UnitBytes { get; set; } = 4;

    public bool IsBigEndian { get; set; }

    public List<RegisterSymbol> Registers { get; } = [];

    public List<FlagsSymbol> FlagSets { get; } = [];

    /// <summary>The PC, not a global.</summary>
    public RegisterSymbol? Pc { get; set; }

    /// <summary>Bytes of the vCPU block after its header.</summary>
    public int StateBytes { get; set; }

    public List<FpEnvironment> FpEnvironments { get; } = [];

    /// <summary>Guest exception name to <c>ExceptionKind</c> member.</summary>
    public Dictionary<string, string> Exceptions { get; } = [];

    public List<StaticFunction> StaticFunctions { get; } = [];

    public List<HelperSymbol> Helpers { get; } = [];

    public List<TableSymbol> Tables { get; } = [];

    /// <summary>Names that instructions' <c>feature</c> clauses give, in ordinal order; a feature's bit is its index.</summary>
    public IReadOnlyList<string> Features { get; set; } = [];

    /// <summary>Of a feature that is nothing without others, those others.</summary>
    public Dictionary<string, HashSet<string>> Needs { get; } = [];

    /// <summary>These features and all that they need, directly or through others; in ordinal order.</summary>
    public IEnumerable<string> WithNeeds(IEnumerable<string> features)
    {
        var all = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(features);
        while (open.Count > 0)
        {
            string feature = open.Pop();
            if (all.Add(feature) && Needs.TryGetValue(feature, out HashSet<string> needs))
            {
                foreach (string needed in needs)
                {
                    open.Push(needed);
                }
            }
        }

        return all;
    }

    /// <summary>CPU models, the default one first.</summary>
    public List<CpuSymbol> Cpus { get; } = [];

    /// <summary>Names of the numbers that every CPU model gives.</summary>
    public IReadOnlyList<string> CpuValues { get; set; } = [];

    /// <summary>Every copy, in the order of the files.</summary>
    public List<BoundInstruction> Instructions { get; } = [];

    /// <summary>Conditions and text of each instruction, in the order of the files.</summary>
    public List<BoundHead> Heads { get; } = [];

    /// <summary>Id of each copy, by its name: the members of <c>InsnId</c>.</summary>
    public Dictionary<string, int> CopyIds { get; } = [];

    /// <summary>Names of the flags producers; their index is their id.</summary>
    public List<string> Producers { get; } = [];

    /// <summary>Specialized functions, in the order of first use.</summary>
    public List<BoundFunction> Functions { get; } = [];

    /// <summary>Machine number of ELF files, or null.</summary>
    public int? ElfMachine { get; set; }

    /// <summary>Bytes of a page, as Linux has it on this guest.</summary>
    public int PageSize { get; set; } = 4096;

    /// <summary>Bits of an address of a process.</summary>
    public int AddressBits { get; set; } = 48;

    /// <summary>Bits at the top of a data address that are ignored: 0 or 8.</summary>
    public int TagBits { get; set; }

    /// <summary>The <c>tbstate</c> field that is the MMU mode of accesses, or null.</summary>
    public string? ModeField { get; set; }

    /// <summary>The <c>tbstate</c> field that has every access aligned to its size, or null.</summary>
    public string? AlignedField { get; set; }

    /// <summary>Atomic accesses must be aligned to their size.</summary>
    public bool AlignsAtomics { get; set; } = true;

    /// <summary>What plain accesses are ordered by, a member of the runtime's <c>MemoryOrder</c>.</summary>
    public string Order { get; set; } = "Weak";

    /// <summary>Bytes of an exclusives reservation.</summary>
    public int ExclusiveGranule { get; set; } = 64;

    /// <summary>What is known while translating of the guest's state, lowest bits first.</summary>
    public List<TbStateSymbol> TbState { get; } = [];

    /// <summary>Of a guest whose instructions are strings of bytes.</summary>
    public ByteModel? Bytes { get; set; }

    /// <summary>The element of a register array that has a name of its own, or null.</summary>
    public (RegisterSymbol Register, int Index)? FindElement(string name)
    {
        foreach (RegisterSymbol register in Registers)
        {
            for (int i = 0; i < register.Names.Count; i++)
            {
                if (register.Names[i] == name)
                {
                    return (register, i);
                }
            }
        }

        return null;
    }

    /// <summary>Finds a register by name, or null.</summary>
    public RegisterSymbol? FindRegister(string name) => Registers.Find(r => r.Name == name);
}

/// <summary>A floating-point environment: which register parts steer it and which collect its exceptions. <paramref name="TrapsAfter"/>: a trap comes after the result.</summary>
public sealed record FpEnvironment(string Name, IReadOnlyDictionary<string, FpField> Fields, string NanRule, bool TrapsAfter);

/// <summary>Register bits joined, most significant part first, and what each value stands for: four bits of <paramref name="Map"/> for each.</summary>
public sealed record FpField(IReadOnlyList<FpPart> Parts, ulong Map)
{
    /// <summary>Each value stands for itself.</summary>
    public const ulong Identity = 0xFEDC_BA98_7654_3210;
}

/// <summary>A field of <c>tbstate</c>: bits of the TB's key, and the register bits that they are.</summary>
public sealed record TbStateSymbol(string Name, int Low, int Width, RegisterSymbol Register, int RegisterLow);

/// <summary>Bits of a register that an environment is tied to.</summary>
public sealed record FpPart(RegisterSymbol Register, int High, int Low);
