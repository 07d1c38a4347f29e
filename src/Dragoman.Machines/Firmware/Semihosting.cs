using System.Buffers.Binary;
using Dragoman.Machines.Timing;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Firmware;

/// <summary>Semihosting: what a guest asks of its host by HLT #0xF000. The console, time, the command line and the exit; no files. Guarded by the big lock.</summary>
/// <remarks>Arm's "Semihosting for AArch32 and AArch64", release 3. Parameters are a block of 64-bit words.</remarks>
/// <param name="clock">Machine time.</param>
/// <param name="commandLine">The kernel's name and its command line.</param>
/// <param name="heap">First address and end of the RAM that the program may have for its heap and its stack.</param>
[UnderBigLock]
public sealed class Semihosting(IMachineClock clock, string commandLine, (ulong Start, ulong End) heap)
{
    private const uint
        Open = 0x01, Close = 0x02, WriteC = 0x03, Write0 = 0x04, Write = 0x05, Read = 0x06, IsError = 0x08, IsTty = 0x09, Seek = 0x0A, FileLength = 0x0C,
        Clock = 0x10, Time = 0x11, ErrorNumber = 0x13, GetCommandLine = 0x15, HeapInfo = 0x16, Exit = 0x18, ExitExtended = 0x20, Elapsed = 0x30, TickFrequency = 0x31;

    private const ulong Failed = ulong.MaxValue;

    /// <summary>ADP_Stopped_ApplicationExit.</summary>
    private const ulong ApplicationExit = 0x2_0026;

    private const ulong NoSuchFile = 2, BadHandle = 9, Invalid = 22, NotThere = 38;

    /// <summary>Handle of ":tt" opened for reading, for writing, and of the file that tells what is there.</summary>
    private const ulong Input = 1, Output = 2, Features = 3;

    private const int LongestText = 1 << 20, LongestName = 32;

    /// <summary>Where <see cref="Features"/> is read next.</summary>
    private int _featuresRead;

    private ulong _errorNumber;

    /// <summary>Its magic number, SYS_EXIT_EXTENDED and separate handles of output and errors.</summary>
    private static ReadOnlySpan<byte> FeatureBytes => [0x53, 0x48, 0x46, 0x42, 0b11];

    /// <summary>Carries an operation out.</summary>
    /// <param name="cpu">Who asks.</param>
    /// <param name="operation">W0.</param>
    /// <param name="parameter">X1.</param>
    /// <returns>X0: -1 for an operation that is not there.</returns>
    public ulong Call(ISemihostedCpu cpu, uint operation, ulong parameter) => operation switch
    {
        WriteC => PrintText(cpu, parameter, 1),
        Write0 => PrintText(cpu, parameter, null),
        Open => OpenFile(cpu, parameter),
        Close => Word(cpu, parameter, 0) is Input or Output or Features ? 0 : Fail(BadHandle),
        Write => WriteConsole(cpu, parameter),
        Read => ReadFile(cpu, parameter),
        IsError => (long)Word(cpu, parameter, 0) < 0 ? 1ul : 0,
        IsTty => Word(cpu, parameter, 0) switch { Input or Output => 1, Features => 0, _ => Fail(BadHandle) },
        Seek => SeekFile(cpu, parameter),
        FileLength => Word(cpu, parameter, 0) == Features ? (ulong)FeatureBytes.Length : Fail(BadHandle),
        Clock => clock.Nanoseconds / 10_000_000,
        Time => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ErrorNumber => _errorNumber,
        GetCommandLine => PutCommandLine(cpu, parameter),
        HeapInfo => PutHeap(cpu, parameter),
        Exit or ExitExtended => End(cpu, parameter),
        Elapsed => PutWord(cpu, parameter, clock.Nanoseconds),
        TickFrequency => 1_000_000_000,
        _ => Fail(NotThere),
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
    private ulong OpenFile(ISemihostedCpu cpu, ulong block)
    {
        var isForReading = Word(cpu, block, 1) < 4;
        var name = ReadText(cpu, Word(cpu, block, 0), (int)Math.Min(Word(cpu, block, 2), LongestName));
        if (name.AsSpan().SequenceEqual(":tt"u8))
        {
            return isForReading ? Input : Output;
        }

        if (!isForReading || !name.AsSpan().SequenceEqual(":semihosting-features"u8))
        {
            return Fail(NoSuchFile);
        }

        _featuresRead = 0;
        return Features;
    }

    // Returns how much was not read. The console is at its end: what is typed goes to the UART.
    private ulong ReadFile(ISemihostedCpu cpu, ulong block)
    {
        var (handle, length) = (Word(cpu, block, 0), Word(cpu, block, 2));
        if (handle != Features)
        {
            return handle == Input ? length : Fail(BadHandle);
        }

        var bytes = FeatureBytes[_featuresRead..];
        bytes = bytes[..(int)Math.Min((ulong)bytes.Length, length)];
        if (!cpu.TryWrite(Word(cpu, block, 1), bytes))
        {
            return Fail(Invalid);
        }

        _featuresRead += bytes.Length;
        return length - (ulong)bytes.Length;
    }

    private ulong SeekFile(ISemihostedCpu cpu, ulong block)
    {
        var (handle, position) = (Word(cpu, block, 0), Word(cpu, block, 1));
        if (handle != Features || position > (ulong)FeatureBytes.Length)
        {
            return Fail(handle != Features ? BadHandle : Invalid);
        }

        _featuresRead = (int)position;
        return 0;
    }

    // The parameter points to where four words go: where the heap begins and ends, the stack's first address, and how far down it may come.
    private ulong PutHeap(ISemihostedCpu cpu, ulong parameter)
    {
        var at = Word(cpu, parameter, 0);
        return (PutWord(cpu, at, heap.Start) | PutWord(cpu, at + 8, heap.End) | PutWord(cpu, at + 16, heap.End) | PutWord(cpu, at + 24, heap.Start)) == 0 ? 0 : Fail(Invalid);
    }

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
