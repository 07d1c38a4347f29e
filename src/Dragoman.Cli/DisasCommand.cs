using System.CommandLine;

namespace Dragoman.Cli;

/// <summary><c>dragoman disas</c>: text of guest code, from bytes or from an ELF file.</summary>
internal static class DisasCommand
{
    public static Command Create()
    {
        Option<string> arch = new("--arch") { Description = $"Architecture of --hex: {Guests.Names}", HelpName = "ARCH" };
        Option<string> hex = new("--hex") { Description = "Code as hexadecimal bytes in memory order", HelpName = "BYTES" };
        Option<string> address = new("--address") { Description = "Guest address of the first byte of --hex (default 0)", HelpName = "ADDRESS" };
        Argument<string?> file = new("FILE") { Description = "An ELF executable", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("disas", "Disassemble guest code") { arch, hex, address, file };
        command.SetAction(result =>
        {
            string? bytes = result.GetValue(hex);
            string? path = result.GetValue(file);
            if (bytes is null == path is null)
            {
                throw CommandException.Usage("disas takes either --hex BYTES with --arch ARCH, or a FILE");
            }

            if (path is not null && (result.GetValue(arch) ?? result.GetValue(address)) is not null)
            {
                throw CommandException.Usage("--arch and --address go with --hex: a FILE says both itself");
            }

            return path is not null
                ? Disassembly.OfFile(path)
                : Disassembly.OfHex(result.GetValue(arch), bytes!, result.GetValue(address) ?? "0");
        });
        return command;
    }
}
