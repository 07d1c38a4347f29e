namespace Dragoman.Cli;

/// <summary>Files that a command reads as a whole.</summary>
internal static class InputFile
{
    /// <summary>Limits: for a file, and for a pipe or a device, whose end cannot be told beforehand and may never come.</summary>
    private const long LargestFile = 1L << 30, LargestStream = 1L << 26;

    /// <summary>The bytes of a file, a pipe or a device.</summary>
    /// <exception cref="CommandException">It cannot be read; the message says why.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long length = stream.CanSeek ? stream.Length : 0, limit = length > 0 ? LargestFile : LargestStream;
            if (length <= limit)
            {
                using MemoryStream content = new((int)length);
                byte[] buffer = new byte[1 << 16];
                int got;
                while ((got = stream.Read(buffer)) > 0 && content.Length <= limit)
                {
                    content.Write(buffer, 0, got);
                }

                if (content.Length <= limit)
                {
                    return content.ToArray();
                }
            }

            throw new CommandException($"cannot read '{path}': it is larger than {limit >> 20} MiB");
        }
        catch (Exception error) when (FileProblem.Is(error))
        {
            throw new CommandException($"cannot read '{path}': {FileProblem.Describe(path, error)}");
        }
    }
}
