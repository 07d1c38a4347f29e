using System.Globalization;
using System.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Elf;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary>Carries out <c>dragoman disas</c>.</summary>
internal static class Disassembly
{
    /// <summary>Disassembles bytes given on the command line.</summary>
    public static int OfHex(string? arch, string hex, string addressText)
    {
        IGuest guest = Guests.Named(arch ?? throw CommandException.Usage($"--hex needs --arch: {Guests.Names}"))
            ?? throw CommandException.Usage($"unknown architecture '{arch}': {Guests.Names}");
        string digits = new([.. hex.Where(c => !char.IsWhiteSpace(c) && c != ',')]);
        byte[] code;
        try
        {
            code = Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw CommandException.Usage($"'{hex}' is not an even number of hexadecimal digits");
        }

        if (code.Length == 0)
        {
            throw CommandException.Usage("--hex holds no bytes");
        }

        ReadOnlySpan<char> number = addressText.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? addressText.AsSpan(2) : addressText;
        if (!ulong.TryParse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address))
        {
            throw CommandException.Usage($"'{addressText}' is not a hexadecimal address");
        }

        Write(guest, code, address, new Dictionary<ulong, string>());
        return 0;
    }

    /// <summary>Disassembles the code of an ELF executable.</summary>
    public static int OfFile(string path)
    {
        byte[] bytes = InputFile.Read(path);
        int machine = bytes.Length >= 20 ? bytes[18] | (bytes[19] << 8) : 0;
        IGuest guest = Guests.ForMachine(machine) ?? Guests.All[0];
        try
        {
            ElfTarget target = new(guest.ElfMachine, LinuxAbis.For(guest).Is64Bit, guest.PageSize, 1ul << guest.AddressBits);
            ElfImage image = ElfImage.Read(new MemoryElfSource(bytes), target);
            ElfSections sections = ElfSections.Read(bytes);
            if (sections.Code.Count > 0)
            {
                foreach (ElfSection section in sections.Code)
                {
                    Console.Out.WriteLine($"\nsection {section.Name}:");
                    Write(guest, bytes.AsSpan((int)section.Offset, (int)section.Size), section.Address, sections.Functions);
                }
            }
            else
            {
                foreach (ProgramHeader segment in image.ProgramHeaders)
                {
                    if (segment.Type == ProgramHeader.Load && (segment.Flags & ProgramHeader.Executable) != 0)
                    {
                        Write(guest, bytes.AsSpan((int)segment.Offset, (int)segment.FileSize), segment.VirtualAddress, sections.Functions);
                    }
                }
            }
        }
        catch (ElfFormatException error)
        {
            throw new CommandException($"'{path}': {error.Message}");
        }

        return 0;
    }

    private static void Write(IGuest guest, ReadOnlySpan<byte> code, ulong address, IReadOnlyDictionary<ulong, string> functions)
    {
        using StreamWriter output = new(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        StringBuilder text = new();
        int at = 0;
        while (at < code.Length)
        {
            ulong pc = address + (ulong)at;
            if (functions.TryGetValue(pc, out string? name))
            {
                output.WriteLine($"\n{pc:x16} <{name}>:");
            }

            text.Clear();
            int length = Math.Clamp(guest.Disassemble(code[at..], pc, text), 1, code.Length - at);
            output.WriteLine($"{pc,12:x}:  {Convert.ToHexStringLower(code.Slice(at, length)),-10} {text}");
            at += length;
        }
    }
}
