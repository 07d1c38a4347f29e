using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>What IEEE 754 defines, computed by Alpha code and by an x64 host's own: the same to the last bit, in every rounding mode.</summary>
public sealed class NativeFloatTests
{
    [NativeTheory(GuestMachine.AlphaName)]
    [InlineData("-O0")]
    [InlineData("-O2")]
    public void Alpha_computes_what_the_host_computes(string level)
    {
        string flags = level + " -frounding-math", source = Path.Combine(TestFolders.Guests, "ieee.c"), native = Path.Combine(TestFolders.Cache, "ieee-native" + level);
        ProcessResult build = ProcessRunner.Run([Tool.HostCompiler.Path!, "-std=gnu11", .. flags.Split(' '), "-o", native, source, "-lm"]);
        Assert.True(build.ExitCode == 0, build.ToString());
        Witness.AssertSame(ProcessRunner.Run([native]), DragomanCommand.Run(GuestCompiler.BuildFile(source, flags + " -mfp-rounding-mode=d", GuestMachine.Alpha)));
    }
}
