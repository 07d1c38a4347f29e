using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Tcg.Tests.Optimization;

/// <summary>A context whose registers a to d and n are I64, and w I32, and its ops once they are optimized.</summary>
public abstract class OptimizerTestBase
{
    private protected TcgContext Tcg { get; } = new(
        [
            .. "abcdn".Select((name, i) => new GlobalInfo(name.ToString(), TcgType.I64, VcpuHeader.GuestState + (i * 8))),
            new GlobalInfo("w", TcgType.I32, VcpuHeader.GuestState + 40),
        ],
        VcpuHeader.GuestState + 48);

    private protected Temp A => Tcg.Global(0);

    private protected Temp B => Tcg.Global(1);

    private protected Temp C => Tcg.Global(2);

    private protected Temp D => Tcg.Global(3);

    private protected Temp N => Tcg.Global(4);

    private protected Temp W => Tcg.Global(5);

    /// <summary>Ends the TB, optimizes, and returns the ops before that end.</summary>
    private protected string[] Optimized()
    {
        Tcg.ExitTb(0);
        string[] lines = Lines();
        Assert.Equal("exit_tb 0", lines[^1]);
        return lines[..^1];
    }

    /// <summary>Optimizes, and returns the ops.</summary>
    private protected string[] Lines()
    {
        Optimizer.Run(Tcg);
        return [.. Tcg.Dump().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())];
    }
}
