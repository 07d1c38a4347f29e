using System.Runtime.InteropServices;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary><c>dragoman system</c> with kernels of a few instructions, which are written here as words.</summary>
public sealed class SystemCommandTests : IDisposable
{
    private readonly string _kernel = Path.GetTempFileName();

    public void Dispose() => File.Delete(_kernel);

    [Theory]
    [InlineData("multi", "2")]
    [InlineData("single", "3")]
    public void Prints_on_the_uart_and_ends_by_psci(string thread, string gic)
    {
        ProcessResult result = Run(
            ["--thread", thread, "--machine", "virt,gic-version=" + gic, "--cpus", "2"], null,
            0xD2A1_2001,                // mov  x1, #0x09000000
            0x5280_0D02, 0xB900_0022,   // mov  w2, #'h'; str w2, [x1]
            0x5280_0D22, 0xB900_0022,   // mov  w2, #'i'; str w2, [x1]
            0x5280_0100, 0x72B0_8000,   // mov  w0, #0x84000008 (SYSTEM_OFF)
            0xD400_0002);               // hvc  #0
        Assert.Equal((0, "hi", ""), (result.ExitCode, result.OutputText, result.ErrorText));
    }

    [Fact]
    public void The_exit_status_is_semihostings()
    {
        ProcessResult result = Run(
            ["--memory", "32"], null,
            0x5280_0300,                // mov  w0, #0x18 (SYS_EXIT)
            0x1000_0041,                // adr  x1, .+8
            0xD45E_0000,                // hlt  #0xf000
            0x0002_0026, 0, 42, 0);     // ADP_Stopped_ApplicationExit, 42
        Assert.Equal(42, result.ExitCode);
    }

    [Fact]
    public void Ctrl_A_x_ends_a_machine_that_does_not_end_by_itself()
    {
        ProcessResult result = Run([], [(byte)'a', 1, (byte)'x'], 0x1400_0000); // b .
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
    }

    private ProcessResult Run(string[] options, byte[]? input, params uint[] words)
    {
        File.WriteAllBytes(_kernel, MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
        return DragomanCommand.Invoke(["system", "--kernel", _kernel, .. options], input);
    }
}
