using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

// In this process: what BenchmarkDotNet would generate and build beside it knows nothing of the description's generators.
IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance));
return BenchmarkSwitcher.FromAssembly(typeof(Dragoman.MicroBenchmarks.TranslationBenchmarks).Assembly).Run(args, config).Any() ? 0 : 1;
