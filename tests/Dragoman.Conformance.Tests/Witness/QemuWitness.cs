using System.Buffers.Binary;
using System.Diagnostics;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes trials in a small static program under qemu-user.</summary>
public sealed class QemuWitness
{
    public const string Compiler = "aarch64-linux-gnu-gcc";
    public const string Emulator = "qemu-aarch64";
    public const string AlphaCompiler = "alpha-linux-gnu-gcc";
    public const string AlphaEmulator = "qemu-alpha";

    private readonly string _program;
    private readonly string _emulator;
    private readonly string _cpu;

    /// <summary>Assembles the program <c>witness-GUEST.S</c>, its sections at the addresses that are given.</summary>
    private QemuWitness(string guest, string compiler, string emulator, string cpu, params string[] sections)
    {
        (_program, _emulator, _cpu) = (Path.Combine(AppContext.BaseDirectory, "witness-" + guest), emulator, cpu);
        string source = Path.Combine(AppContext.BaseDirectory, "Witness", $"witness-{guest}.S");
        string[] link = ["-static", "-nostdlib", "-Wl,--build-id=none", .. sections.Select(s => "-Wl,--section-start=" + s), "-o", _program, source];
        using var process = Process.Start(new ProcessStartInfo(compiler, link) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    /// <summary>A64's.</summary>
    public static QemuWitness AArch64() => new("aarch64", Compiler, Emulator, "max", ".witness=0x400000", ".scratch=0x500000");

    /// <summary>Alpha's.</summary>
    public static QemuWitness Alpha() =>
        new("alpha", AlphaCompiler, AlphaEmulator, "ev67", ".witness=0x400000", ".block=0x2000", ".scratch=0x500000", ".altstack=0x600000");

    /// <summary>The state after each trial, in order: blocks as the program lays them out.</summary>
    public IReadOnlyList<byte[]> Execute(IReadOnlyList<(uint Word, byte[] Before)> trials)
    {
        using var process = Process.Start(new ProcessStartInfo(_emulator, ["-cpu", _cpu, _program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Stream input = process.StandardInput.BaseStream;
        var writing = Task.Run(() =>
        {
            byte[] head = new byte[8];
            foreach ((uint word, byte[] before) in trials)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(head, word);
                input.Write(head);
                input.Write(before);
            }

            input.Close();
        });

        byte[][] states = [.. trials.Select(t => new byte[t.Before.Length])];
        foreach (byte[] state in states)
        {
            process.StandardOutput.BaseStream.ReadExactly(state);
        }

        writing.Wait();
        process.WaitForExit();
        return states;
    }
}
