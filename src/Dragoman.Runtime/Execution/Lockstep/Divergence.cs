using System.Globalization;
using System.Text;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>Two engines that made different things of the same code.</summary>
/// <param name="First">The engine that the other is compared with.</param>
/// <param name="Other">The one that differs.</param>
/// <param name="Request">The code.</param>
/// <param name="Ops">Its optimized ops.</param>
/// <param name="Before">The state that both started from.</param>
/// <param name="FirstOutcome">What the first made of it.</param>
/// <param name="OtherOutcome">What the other made of it.</param>
/// <param name="Differences">Where the two differ.</param>
internal sealed record Divergence(
    ITcgBackend First, ITcgBackend Other, CompileRequest Request, string Ops, Snapshot Before, Outcome FirstOutcome, Outcome OtherOutcome, List<string> Differences)
{
    /// <summary>The code's instruction that makes the difference, from 0; -1 when no single one does.</summary>
    public int Instruction { get; init; } = -1;

    /// <summary>The text that says all of it. Changes the vCPU's state.</summary>
    public string Report(Vcpu vcpu)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"lockstep: {First.Name} and {Other.Name} differ in {Differences[0]}\n");
        text.Append(Instruction < 0 ? "at an instruction that differs only with those around it:\n" : "at the instruction marked '>':\n");
        AppendCode(vcpu, text);
        foreach (var difference in Differences.Skip(1))
        {
            text.Append(CultureInfo.InvariantCulture, $"they differ in {difference}\n");
        }

        AppendState(vcpu, text, "before", Before);
        AppendState(vcpu, text, First.Name, FirstOutcome.State);
        AppendState(vcpu, text, Other.Name, OtherOutcome.State);
        return text.Append("\nops:\n").Append(Ops).ToString();
    }

    private void AppendCode(Vcpu vcpu, StringBuilder text)
    {
        var at = 0;
        for (var i = 0; at < Request.Code.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i == Instruction ? '>' : ' ')} {Request.Pc + (ulong)at:x}: ");
            at += Math.Max(1, vcpu.Machine.Guest.Disassemble(Request.Code.Span[at..], Request.Pc + (ulong)at, text));
            text.Append('\n');
        }
    }

    private static void AppendState(Vcpu vcpu, StringBuilder text, string name, Snapshot state)
    {
        state.Restore(vcpu);
        text.Append(CultureInfo.InvariantCulture, $"\n{name}:\n{vcpu.DumpRegisters()}");
    }
}
