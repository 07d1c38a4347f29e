using Dragoman.Isa.Generator.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>The audit's rules for C#: each line that says <c>// ISA4013</c> or <c>// ISA4014</c> gives it, and no other gives anything.</summary>
public sealed class SharedStateTests
{
    private const string Runtime = """
        global using System;
        global using System.Threading;
        global using Dragoman.Runtime.Scheduling;
        namespace Dragoman.Runtime.Scheduling
        {
            public sealed class SharedAttribute : Attribute;
            public sealed class UnderBigLockAttribute : Attribute;
            public sealed class WorkItemAttribute : Attribute;
            public sealed class FlushesTlbAttribute : Attribute;
            public sealed class BigLock { public void Enter() { } public void Exit() { } }
            public sealed class Scheduler { public void AsyncRunOnCpu([WorkItem] Action work) { } public void Later(Action work) { } }
            [UnderBigLock] public interface IDevice { void Write(int value); }
            [UnderBigLock] public sealed class Line([UnderBigLock] Action changed) { public bool Level { get; set; } public void Set(bool level) { Level = level; changed(); } }
            public sealed class Machine { public BigLock BigLock = new(); [FlushesTlb] public void TlbFlush() { } }
        }
        """;

    [Fact]
    public Task A_shared_field_is_written_under_the_lock_or_in_a_queue() => Check("""
        class C
        {
            readonly Machine _machine = new(); readonly Scheduler _scheduler = new(); readonly BigLock _lock = new();
            [Shared] int _x = 1;
            [Shared] int[] _all = [];
            [Shared] public int P { get; set; }
            int _own;
            C() { _x = 2; P = 1; }
            void Plain() { _x = 3; } // ISA4013
            void Property() => P++; // ISA4013
            void Compound() => _x |= 4; // ISA4013
            void Deconstructed() => (_own, _x) = (1, 2); // ISA4013
            void ByReference() => Interlocked.Or(ref _x, 1); // ISA4013
            void Element() => _all[3] = 1; // ISA4013
            void Of(C other) => other._x = 1; // ISA4013
            C New() => new() { P = 1 };
            int Read() => _x + _all[0];
            void Own() => _own = 1;
            void Locked() { _machine.BigLock.Enter(); try { _x = 1; if (_own == 1) { P = 2; } } finally { _machine.BigLock.Exit(); } }
            void LockedInTurn() { _lock.Enter(); _x = 1; _lock.Exit(); }
            void TooLate() { _lock.Enter(); _own = 1; _lock.Exit();
                _x = 1; } // ISA4013
            void TooEarly() {
                _x = 1; // ISA4013
                _lock.Enter(); _lock.Exit(); }
            void Elsewhere() { if (_own == 0) { _lock.Enter(); _lock.Exit(); } else {
                _x = 1; } } // ISA4013
            void Queued() => _scheduler.AsyncRunOnCpu(() => _x = 1);
            void NotQueued() => _scheduler.Later(() => _x = 1); // ISA4013
            void LockIsNotInTheLambda() { _lock.Enter(); _scheduler.Later(() => { _x = 1; }); _lock.Exit(); } // ISA4013
            [UnderBigLock] void Called() => _x = 1;
            void Caller() => Called(); // ISA4013
            void LockedCaller() { _lock.Enter(); try { Called(); } finally { _lock.Exit(); } }
            void QueuedCaller() => _scheduler.AsyncRunOnCpu(() => Called()); // ISA4013
        }
        """);

    [Fact]
    public Task Marks_of_types_interfaces_and_parameters_hold_for_what_is_in_them() => Check("""
        class Uart(Line line) : IDevice
        {
            [Shared] int _x;
            public void Write(int value) { _x = value; line.Set(true); }
            void Other() => line.Set(true); // ISA4013
            void Level() => line.Level = true; // ISA4013
            Line Made() => new(() => _x = 1);
        }
        class Bus(IDevice device, BigLock big)
        {
            void Unlocked() => device.Write(1); // ISA4013
            void Locked() { big.Enter(); device.Write(1); big.Exit(); }
        }
        [UnderBigLock] abstract class Base { protected static int s_x; public void F() { } }
        class Derived(Line line) : Base { [Shared] int _x; void G() { _x = 1; F(); line.Set(false); } }
        """);

    [Fact]
    public Task A_shared_register_is_written_where_its_offset_stands_in_the_target() => Check("""
        static class GuestState { [Shared] public const int LINES = 512; public const int PC = 520; }
        unsafe class C(BigLock big)
        {
            ref ulong At(int offset) => throw null!;
            void F(byte* env) => *(ulong*)(env + GuestState.LINES) = 1; // ISA4013
            void G() => At(GuestState.LINES) = 1; // ISA4013
            void H(byte* env) { *(ulong*)(env + GuestState.PC) = 1; At(GuestState.PC) = At(GuestState.LINES); }
            void I(byte* env) { big.Enter(); *(ulong*)(env + GuestState.LINES) = 1; big.Exit(); }
        }
        """);

    [Fact]
    public Task Only_a_helper_that_says_so_flushes() => Check("""
        static unsafe partial class Helpers
        {
            static readonly Machine s_machine = new(); static readonly Scheduler s_scheduler = new();
            [FlushesTlb] public static partial ulong flush(byte* env);
            public static partial ulong silent(byte* env);
            public static partial ulong flush(byte* env) { s_machine.TlbFlush(); return 0; }
            public static partial ulong silent(byte* env) { s_machine.TlbFlush(); return 0; } // ISA4014
            static void Inner() => s_machine.TlbFlush(); // ISA4014
            [FlushesTlb] static void Marked() => s_machine.TlbFlush();
            static void ThroughAnother() => Marked(); // ISA4014
            static void Queued() => s_scheduler.AsyncRunOnCpu(() => s_machine.TlbFlush());
        }
        """);

    /// <summary>No rule of the analyzer is without a line here that breaks it.</summary>
    [Fact]
    public void Every_rule_is_broken_by_a_line()
    {
        string source = File.ReadAllText(Here());
        Assert.All(new SharedStateAnalyzer().SupportedDiagnostics, rule => Assert.Contains("; // " + rule.Id, source, StringComparison.Ordinal));
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    private static async Task Check(string text)
    {
        CSharpParseOptions options = new(LanguageVersion.Preview);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text, options);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "shared",
            [CSharpSyntaxTree.ParseText(Runtime, options), tree],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(a => MetadataReference.CreateFromFile(a)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        string[] found = [.. (await compilation.WithAnalyzers([new SharedStateAnalyzer()]).GetAnalyzerDiagnosticsAsync())
            .Select(d => $"{d.Location.GetLineSpan().StartLinePosition.Line + 1} {d.Id}").Distinct().Order(StringComparer.Ordinal)];
        string[] expected = [.. text.Split('\n').Select((line, i) => (line, i)).Where(l => l.line.Contains("// ISA", StringComparison.Ordinal))
            .Select(l => $"{l.i + 1} {l.line[(l.line.IndexOf("// ISA", StringComparison.Ordinal) + 3)..].Trim()}").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, found);
    }
}
