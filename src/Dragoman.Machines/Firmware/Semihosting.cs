using System.Buffers.Binary;
using Dragoman.Machines.Timing;

namespace Dragoman.Machines.Firmware;

/// <summary>Semihosting: what a guest asks of its host by HLT #0xF000. The console, time, the command line and the exit; no files. Guarded by the big lock.</summary>
/// <remarks>Arm's "Semihosting for AArch32 and AArch64", release 3. Parameters are a block of 64-bit words.</remarks>
/// <param name="clock">Machine time.</param>
/// <param name="commandLine">The kernel's command line, which is all that the program is given.</param>
public sealed class Semihosting(IMachineClock clock, string commandLine)
{
    private const uint
        Open = 0x01, Close = 0x02, WriteC = 0x03, Write0 = 0x04, Write = 0x05, Read = 0x06, IsError = 0x08, IsTty = 0x09, Seek = 0x0A, FileLength = 0x0C,
        Clock = 0x10, Time = 0x11, ErrorNumber = 0x13, GetCommandLine = 0x15, Exit = 0x18, ExitExtended = 0x20, Elapsed = 0x30, TickFrequency = 0x31;

    private const ulong Failed = ulong.MaxValue;

    /// <summary>ADP_Stopped_ApplicationExit.</summary>
    private const ulong ApplicationExit = 0x2_0026;

    private const ulong NoSuchFile = 2, BadHandle = 9;

    /// <summary>Handle of ":tt" opened for reading, and for writing.</summary>
    private const ulong Input = 1, Output = 2;

    private const int LongestText = 1 << 20;

    private ulong _errorNumber;

    /// <summary>Carries an operation out.</summary>
    /// <param name="cpu">Who asks.</param>
    /// <param name="operation">W0.</param>
    /// <param name="parameter">X1.</param>
    /// <returns>X0, or null for an operation that does not exist or is not there.</returns>
    public ulong? Call(ISemihostedCpu cpu, uint operation, ulong parameter) => operation switch
    {
        WriteC => PrintText(cpu, parameter, 1),
        Write0 => PrintText(cpu, parameter, null),
        Open => OpenConsole(cpu, parameter),
        Close => Word(cpu, parameter, 0) is Input or Output ? 0 : Fail(BadHandle),
        Write => WriteConsole(cpu, parameter),
        Read => Word(cpu, parameter, 0) == Input ? Word(cpu, parameter, 2) : Fail(BadHandle),
        IsError => (long)Word(cpu, parameter, 0) < 0 ? 1ul : 0,
        IsTty => Word(cpu, parameter, 0) is Input or Output ? 1ul : 0,
        Seek or FileLength => Fail(BadHandle),
        Clock => clock.Nanoseconds / 10_000_000,
        Time => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ErrorNumber => _errorNumber,
        GetCommandLine => PutCommandLine(cpu, parameter),
        Exit or ExitExtended => End(cpu, parameter),
        Elapsed => PutWord(cpu, parameter, clock.Nanoseconds),
        TickFrequency => 1_000_000_000,
        _ => null,
    };

    private static ulong Word(ISemihostedCpu cpu, ulong block, int index)
    {
        Span<byte> bytes = stackalloc byte[8];
        return cpu.TryRead(block + ((ulong)index * 8), bytes) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : Failed;
    }

    private static ulong PutWord(ISemihostedCpu cpu, ulong address, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return cpu.TryWrite(address, bytes) ? 0 : Failed;
    }

    private static ulong End(ISemihostedCpu cpu, ulong block)
    {
        var reason = Word(cpu, block, 0);
        cpu.Exit(reason == ApplicationExit ? (int)(Word(cpu, block, 1) & 0xFF) : 1);
        return 0;
    }

    // A text ends at its zero, or after a length.
    private static ulong PrintText(ISemihostedCpu cpu, ulong address, int? length)
    {
        cpu.Print(ReadText(cpu, address, length));
        return 0;
    }

    private static byte[] ReadText(ISemihostedCpu cpu, ulong address, int? length)
    {
        List<byte> text = [];
        Span<byte> one = stackalloc byte[1];
        while (text.Count < (length ?? LongestText) && cpu.TryRead(address + (ulong)text.Count, one) && (length is not null || one[0] != 0))
        {
            text.Add(one[0]);
        }

        return [.. text];
    }

    private ulong Fail(ulong error)
    {
        _errorNumber = error;
        return Failed;
    }

    // Modes 0 to 3 read, 4 to 11 write.
    private ulong OpenConsole(ISemihostedCpu cpu, ulong block) =>
        !ReadText(cpu, Word(cpu, block, 0), (int)Math.Min(Word(cpu, block, 2), 8)).AsSpan().SequenceEqual(":tt"u8) ? Fail(NoSuchFile)
        : Word(cpu, block, 1) < 4 ? Input : Output;

    // Returns how much was not written.
    private ulong WriteConsole(ISemihostedCpu cpu, ulong block)
    {
        var length = Word(cpu, block, 2);
        if (Word(cpu, block, 0) != Output || length > LongestText)
        {
            _errorNumber = BadHandle;
            return length;
        }

        var text = ReadText(cpu, Word(cpu, block, 1), (int)length);
        cpu.Print(text);
        return length - (ulong)text.Length;
    }

    // The block holds a buffer and its size, and gets the length without the zero.
    private ulong PutCommandLine(ISemihostedCpu cpu, ulong block)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(commandLine + '\0');
        return (ulong)text.Length <= Word(cpu, block, 1) && cpu.TryWrite(Word(cpu, block, 0), text) ? PutWord(cpu, block + 8, (ulong)text.Length - 1) : Failed;
    }
}
