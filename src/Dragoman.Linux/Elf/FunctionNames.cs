namespace Dragoman.Linux.Elf;

/// <summary>Names of the functions of what a process was loaded from, by guest address, for logs. Filled before the guest runs.</summary>
internal sealed class FunctionNames
{
    private readonly List<(ulong Start, ulong End, string Name)> _functions = [];

    /// <summary>Adds those of a file that is mapped at a bias.</summary>
    public void Add(IElfSource file, ulong bias)
    {
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        var sections = ElfSections.Read(bytes);
        ulong[] starts = [.. sections.Functions.Keys.Order()];
        for (var i = 0; i < starts.Length; i++)
        {
            // Up to the next one, or its section's end.
            if (sections.Code.FirstOrDefault(section => starts[i] >= section.Address && starts[i] - section.Address < section.Size) is { } code)
            {
                var end = Math.Min(code.Address + code.Size, i + 1 < starts.Length ? starts[i + 1] : ulong.MaxValue);
                _functions.Add((starts[i] + bias, end + bias, sections.Functions[starts[i]]));
            }
        }

        _functions.Sort((a, b) => a.Start.CompareTo(b.Start));
    }

    /// <summary>The function that an address lies in, or null. Any thread.</summary>
    public string? At(ulong address)
    {
        int low = 0, high = _functions.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_functions[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && address < _functions[low - 1].End ? _functions[low - 1].Name : null;
    }
}
