using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Tests;

/// <summary>AArch64's description passes its audit, and copies of it that are broken do not. The other guests pass where they are built.</summary>
public sealed class GuestAuditTests
{
    private const string System = "system.isa", Atomics = "atomics-lse.isa", Exclusives = "exclusives.isa", Machine = "aarch64.isa", Registers = "system-registers.isa";

    // One edit each of a file, and where in the edited file what is to be refused.
    private static readonly (string File, string Old, string New, string Rule, string At)[] s_breaks =
    [
        (System, "tlb_invalidate(crm, op2, R(rt, 64)); end_tb", "tlb_invalidate(crm, op2, R(rt, 64))", "ISA4012", "tlb_invalidate(crm, op2, R(rt, 64)) }"),
        (Atomics, "{ R(rt, e) = rmw.xor[o]<e>(A(rn), R(rs, e), align) }", "{ let t = load<e>(A(rn)); store<e>(A(rn), t ^ R(rs, e)); R(rt, e) = t }", "ISA4004", "store<e>(A(rn), t ^ R(rs, e))"),
        (Exclusives, "store.rel<e>(A(rn), R(rt, e))", "store<e>(A(rn), R(rt, e))", "ISA4008", "store<e>(A(rn), R(rt, e))"),
        (Machine, "reg TPIDR_EL1: u64 memory system", "reg TPIDR_EL1: u64 memory system shared", "", ""),
        (Registers, "3 0 13 0 4   TPIDR_EL1 rw", "3 0 13 0 4   TPIDR_EL1 rw ", "ISA4011", "3 0 13 0 4   TPIDR_EL1 rw "),
    ];

    private static readonly Lazy<IsaSource[]> s_files = new(() =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "aarch64")).Select(f => new IsaSource(Path.GetFileName(f), File.ReadAllText(f)))]);

    [Fact]
    public void A_clean_guest_supports_threads_and_only_with_the_manuals_table()
    {
        IsaResult clean = IsaCompiler.Compile(s_files.Value, ["audit"]);
        Assert.DoesNotContain(clean.Diagnostics, d => d.Rule.IsError);
        Assert.Contains("IsClean = true", Assert.Single(clean.Sources).Text, StringComparison.Ordinal);

        IsaResult unaudited = IsaCompiler.Compile([new IsaSource("a.isa", "isa T { insn 32 little; pc PC }\ninsn A = 0000 x:28 { nop }\n")], ["audit"]);
        Assert.Contains("IsClean = false", Assert.Single(unaudited.Sources).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_copy_is_refused_where_it_is_broken()
    {
        IsaSource[] broken = [.. s_files.Value.Select(Broken)];
        IsaResult result = IsaCompiler.Compile(broken, ["audit", "frontend"]);
        string[] expected = [.. s_breaks.Where(b => b.Rule.Length > 0).Select(b => $"{b.Rule} {Place(broken.Single(f => f.Path == b.File), b.At)}").Order(StringComparer.Ordinal)];

        // What the broken ones no longer make is missed by the table, too.
        string[] found = [.. result.Diagnostics.Where(d => d.Rule.IsError && !d.Span.File.EndsWith(".tsv", StringComparison.Ordinal)).Select(d => $"{d.Rule.Id} {d.Span}").Distinct().Order(StringComparer.Ordinal)];
        Assert.All(expected, e => Assert.Contains(e, found));
        Assert.All(found, f => Assert.Contains(f[8..], expected.Select(e => e[8..]).Concat(LoadsAndStoresOfXor(broken))));
        Assert.Contains(result.Diagnostics, d => d.Rule == Rules.OrderRowUnmet);
        Assert.Empty(result.Sources);
    }

    // The load and the store of the broken LDEOR are not what the manual says either.
    private static IEnumerable<string> LoadsAndStoresOfXor(IsaSource[] files)
    {
        IsaSource atomics = files.Single(f => f.Path == Atomics);
        return [Place(atomics, "load<e>(A(rn)); store"), Place(atomics, "store<e>(A(rn), t ^")];
    }

    private static IsaSource Broken(IsaSource file)
    {
        string text = file.Text;
        foreach ((string _, string old, string now, string _, string _) in s_breaks.Where(b => b.File == file.Path))
        {
            int at = text.IndexOf(old, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{file.Path} has no '{old}' any more");
            text = text[..at] + now + text[(at + old.Length)..];
        }

        return file with { Text = text };
    }

    private static string Place(IsaSource file, string text)
    {
        int at = file.Text.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        string before = file.Text[..at];
        return $"{file.Path}({before.Count(c => c == '\n') + 1},{at - before.LastIndexOf('\n')})";
    }
}
