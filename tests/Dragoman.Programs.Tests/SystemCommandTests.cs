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

    /// <summary>A kernel that prints for ever, and a host that takes nothing of it: the machine ends with one line.</summary>
    [Theory]
    [InlineData(">&-", "Bad file descriptor")]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData("| head -c 1 >/dev/null", "Broken pipe")]
    public void Output_that_nobody_takes_ends_the_machine(string redirection, string reason)
    {
        WriteKernel(s_flood);
        ProcessResult result = ProcessRunner.Run(["/bin/sh", "-c", $"'{DragomanCommand.Path}' system --kernel '{_kernel}' {redirection}"]);
        Assert.Equal(("", $"dragoman: cannot write the output: {reason}\n"), (result.OutputText, result.ErrorText));
    }

    /// <summary>A pipe that is full and that nobody reads: the vCPU waits, and can be ended.</summary>
    [Theory]
    [InlineData("kill -TERM $!", 143)]
    [InlineData("kill -INT $!", 130)]
    [InlineData("printf '\\001x' >keys", 0)]
    public void A_machine_whose_output_waits_can_be_ended(string end, int status)
    {
        WriteKernel(s_flood);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dragoman-output-");
        try
        {
            // A shell has its background jobs ignore SIGINT, but not with job control (set -m); nor shall they where the tests themselves are in the background.
            ProcessResult result = ProcessRunner.Run(
                ["/bin/bash", "-c", $"set -m; mkfifo out keys; sleep 60 <out & s=$!; sleep 60 >keys & k=$!; env --default-signal=INT '{DragomanCommand.Path}' system --kernel '{_kernel}' --cpus 2 <keys >out & sleep 1.5; {end}; wait $!; echo $?; kill $s $k"],
                folder: folder.FullName);
            Assert.Equal($"{status}\n", result.OutputText);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>On a terminal keys come one by one. Its echo is off from the beginning, should they be typed before the machine is there.</summary>
    [Fact]
    public void A_terminal_gives_each_key()
    {
        WriteKernel(
        [
            0xD2A1_2001,                // mov  x1, #0x09000000
            0xB940_1822, 0x3727_FFE2,   // ldr  w2, [x1, #0x18]; tbnz w2, #4, .-4 (nothing received)
            0xB940_0023, 0x1100_0463,   // ldr  w3, [x1]; add w3, w3, #1
            0xB900_0023, 0x17FF_FFFB,   // str  w3, [x1]; b .-20
        ]);
        ProcessResult result = ProcessRunner.Run(
            ["/bin/bash", "-c", $"{{ sleep 1.5; printf 'HAL'; sleep 0.5; printf '\\001x'; sleep 3; }} | script -qec \"stty -echo; '{DragomanCommand.Path}' system --kernel '{_kernel}'\" /dev/null & wait $!; echo \" $?\""]);
        Assert.Equal("IBM 0", result.OutputText.TrimEnd());
    }

    [Fact]
    public void There_are_no_more_devices_than_places()
    {
        string disk = Path.GetTempFileName();
        try
        {
            ProcessResult result = Run([.. Enumerable.Repeat(new[] { "--drive", disk }, 32).SelectMany(drive => drive)], null, 0x1400_0000);
            Assert.Equal((2, "dragoman: system: 33 virtio devices, with the source of random bytes: there are places for 32\n"), (result.ExitCode, result.ErrorText));
        }
        finally
        {
            File.Delete(disk);
        }
    }

    private static readonly uint[] s_flood =
    [
        0xD2A1_2001,                // mov  x1, #0x09000000
        0x5280_0D02, 0xB900_0022,   // mov  w2, #'h'; str w2, [x1]
        0x17FF_FFFF,                // b    .-4
    ];

    private void WriteKernel(ReadOnlySpan<uint> words) => File.WriteAllBytes(_kernel, MemoryMarshal.AsBytes(words).ToArray());

    private ProcessResult Run(string[] options, byte[]? input, params uint[] words)
    {
        WriteKernel(words);
        return DragomanCommand.Invoke(["system", "--kernel", _kernel, .. options], input);
    }
}
