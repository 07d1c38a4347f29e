using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// How to compute registers that hot code has not: it leaves the recipe's number and its leaves (the values that the recipe starts from) in the vCPU block,
/// and whoever is about to look at the registers has the recipe followed.
/// </summary>
/// <remarks>Recipes are few (one for each way that a guest sets its flags) and live as long as the process. Any thread may make or follow one.</remarks>
internal sealed unsafe class Recipe
{
    /// <summary>Leaves that the block has room for.</summary>
    public const int MaximumLeaves = 4;

    /// <summary>Recipes that there may be.</summary>
    public const int MaximumCount = 65535;

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, Recipe> s_byText = [];

    // Written under the lock, each array whole; read without it.
    private static Recipe[] s_byNumber = [];

    // By number, where the code starts; CompileAndFollow until it was asked for. Any thread writes an entry, and each the same. Lives as long as the process.
    private static readonly nint* s_entries = (nint*)NativeMemory.AllocZeroed(MaximumCount + 1, (nuint)sizeof(nint));

    private readonly TcgContext _ops;
    private readonly Lazy<TbCode> _code;

    private Recipe(int number, TcgContext ops)
    {
        Number = number;
        _ops = ops;
        _code = new Lazy<TbCode>(() => IlBackend.CompileRecipe(_ops));
    }

    /// <summary>From 1 on; 0 in the block means that nothing is left to do.</summary>
    public int Number { get; }

    /// <summary>Entry points by number: each a <c>delegate*&lt;nint, nint&gt;</c> that takes <c>env</c>, follows the block's recipe and leaves 0 as its number.</summary>
    public static nint Entries => (nint)s_entries;

    /// <summary>The recipe that consists of <paramref name="steps"/> (in order) on <paramref name="leaves"/>, temps of <paramref name="tcg"/>; null when there are too many.</summary>
    public static Recipe? Of(TcgContext tcg, List<Op> steps, List<Temp> leaves)
    {
        string text = Describe(tcg, steps, leaves);
        lock (s_lock)
        {
            if (!s_byText.TryGetValue(text, out Recipe? recipe) && s_byNumber.Length < MaximumCount)
            {
                recipe = new Recipe(s_byNumber.Length + 1, Build(tcg, steps, leaves));
                s_byText.Add(text, recipe);
                Volatile.Write(ref s_byNumber, [.. s_byNumber, recipe]);
                s_entries[recipe.Number] = (nint)(delegate*<nint, nint>)&CompileAndFollow;
            }

            return recipe;
        }
    }

    /// <summary>Follows the recipe that the block names. On the vCPU's thread, outside translated code or from it.</summary>
    public static void Settle(nint env) => ((delegate*<nint, nint>)s_entries[((VcpuHeader*)env)->Deferred])(env);

    private static nint CompileAndFollow(nint env)
    {
        int number = ((VcpuHeader*)env)->Deferred;
        nint entry = Volatile.Read(ref s_byNumber)[number - 1]._code.Value.EntryPoint;
        Volatile.Write(ref s_entries[number], entry);
        return ((delegate*<nint, nint>)entry)(env);
    }

    private static TcgContext Build(TcgContext tcg, List<Op> steps, List<Temp> leaves)
    {
        TcgContext result = new(tcg.Globals, tcg.PcOffset);
        Dictionary<Temp, Temp> map = [];
        for (int i = 0; i < leaves.Count; i++)
        {
            map[leaves[i]] = result.Ld(tcg.TypeOf(leaves[i]), IlCompiler.LeafOffset(i));
        }

        foreach (Op step in steps)
        {
            Op copy = step;
            for (int i = 0; i < step.InputCount; i++)
            {
                Temp input = step.In(i);
                copy.SetIn(i, map.TryGetValue(input, out Temp mapped) ? mapped : result.Const(tcg.TypeOf(input), tcg.Info(input).Value));
            }

            copy.Out0 = step.Out0.Index < tcg.Globals.Count ? result.Global(step.Out0.Index) : result.NewTemp(tcg.TypeOf(step.Out0));
            map[step.Out0] = copy.Out0;
            result.Append(copy);
        }

        result.St(TcgType.I32, result.Const(TcgType.I32, 0ul), IlCompiler.DeferredOffset);
        result.ExitTb(TbExit.Lookup);
        return result;
    }

    // Equal texts mean equal recipes: temps are named by where they come from.
    private static string Describe(TcgContext tcg, List<Op> steps, List<Temp> leaves)
    {
        StringBuilder text = new();
        Dictionary<Temp, string> names = [];
        for (int i = 0; i < leaves.Count; i++)
        {
            names[leaves[i]] = $"leaf{i}:{(int)tcg.TypeOf(leaves[i])}";
        }

        for (int at = 0; at < steps.Count; at++)
        {
            Op step = steps[at];
            text.Append((int)step.Opcode).Append('.').Append((int)step.Type).Append('.').Append((int)step.Cond).Append('.').Append(step.Imm0).Append('.').Append(step.Imm1);
            for (int i = 0; i < step.InputCount; i++)
            {
                Temp input = step.In(i);
                text.Append(' ').Append(names.TryGetValue(input, out string? name) ? name : $"{tcg.Info(input).Value}:{(int)tcg.TypeOf(input)}");
            }

            bool isGlobal = step.Out0.Index < tcg.Globals.Count;
            names[step.Out0] = $"step{at}";
            text.Append(isGlobal ? $" -> {tcg.Globals[step.Out0.Index].Offset}\n" : "\n");
        }

        return text.ToString();
    }
}
