using System.Buffers.Binary;
using System.Diagnostics;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes trials in a small static program under qemu-aarch64.</summary>
public sealed class QemuWitness
{
    public const string Compiler = "aarch64-linux-gnu-gcc";
    public const string Emulator = "qemu-aarch64";

    private readonly string _program = Path.Combine(AppContext.BaseDirectory, "witness-aarch64");

    /// <summary>Assembles the program.</summary>
    public QemuWitness()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Witness", "witness-aarch64.S");
        string[] link =
        [
            "-static", "-nostdlib", "-Wl,--build-id=none", "-Wl,--section-start=.witness=0x400000", "-Wl,--section-start=.scratch=0x500000",
            "-o", _program, source,
        ];
        using var compiler = Process.Start(new ProcessStartInfo(Compiler, link) { RedirectStandardError = true })!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
    }

    /// <summary>The state after each trial, in order.</summary>
    public IReadOnlyList<MachineState> Execute(IReadOnlyList<Trial> trials)
    {
        using var process = Process.Start(new ProcessStartInfo(Emulator, ["-cpu", "max", _program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Stream input = process.StandardInput.BaseStream;
        var writing = Task.Run(() =>
        {
            byte[] head = new byte[8];
            foreach (Trial trial in trials)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(head, trial.Word);
                input.Write(head);
                input.Write(trial.Before.Block);
            }

            input.Close();
        });

        var states = new MachineState[trials.Count];
        byte[] block = new byte[MachineState.Size];
        for (int i = 0; i < states.Length; i++)
        {
            process.StandardOutput.BaseStream.ReadExactly(block);
            states[i] = new MachineState(block);
        }

        writing.Wait();
        process.WaitForExit();
        return states;
    }
}
