using BenchmarkDotNet.Attributes;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.MicroBenchmarks;

/// <summary>What each step from guest bytes to running code costs, for one TB of 8 to 10 instructions.</summary>
[MemoryDiagnoser]
public class TranslationBenchmarks
{
    private readonly InterpreterBackend _interpreter = new();
    private readonly IlBackend _il = new();
    private TranslatedSample _sample = null!;
    private TbCode _interpreted = null!;
    private TbCode _compiled = null!;

    /// <summary>The guests' names.</summary>
    public static IEnumerable<string> Guests => GuestSample.All.Keys;

    /// <summary>Whose code.</summary>
    [ParamsSource(nameof(Guests))]
    public string Guest { get; set; } = "";

    /// <summary>Makes the sample and both forms of its code.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _sample = new TranslatedSample(Guest);
        _interpreted = Compiled(_interpreter);
        _compiled = Compiled(_il);
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Free() => _sample.Dispose();

    /// <summary>Text of the code.</summary>
    [Benchmark]
    public int Disassemble() => _sample.Disassemble();

    /// <summary>Decoder and frontend.</summary>
    [Benchmark]
    public int Translate() => _sample.Translate();

    /// <summary>The same, and the optimizer.</summary>
    [Benchmark]
    public int TranslateAndOptimize()
    {
        _sample.Translate();
        return _sample.Optimize();
    }

    /// <summary>From bytes to what the interpreter runs.</summary>
    [Benchmark]
    public object TranslateForInterpreter() => Compiled(_interpreter);

    /// <summary>From bytes to IL and, at its first run, RyuJIT's code.</summary>
    [Benchmark]
    public nint TranslateToHostCode() => _sample.Run(Compiled(_il));

    /// <summary>One run of the TB.</summary>
    [Benchmark]
    public nint Interpret() => _sample.Run(_interpreted);

    /// <summary>One run of the TB.</summary>
    [Benchmark]
    public nint RunHostCode() => _sample.Run(_compiled);

    private TbCode Compiled(ITcgBackend backend)
    {
        _sample.Translate();
        _sample.Optimize();
        return _sample.Compile(backend);
    }
}
