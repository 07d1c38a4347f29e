namespace Dragoman.Litmus.Checking;

/// <summary>A classic test: which accesses its threads make, and the outcome in question (Alglave, Maranget, Tautschnig: Herding Cats, 2014).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Threads">The accesses of each thread, with the values that the outcome has them read or write.</param>
/// <param name="Final">What the outcome asks of memory at the end.</param>
internal sealed record Shape(string Name, IReadOnlyList<IReadOnlyList<ShapeAccess>> Threads, IReadOnlyList<(char Location, int Value)> Final)
{
    // Wx=1 writes 1 to x, Rx=0 reads 0 from it; threads are separated by bars; final values follow a colon.
    private static readonly string[] s_basic =
    [
        "SB    Wx=1 Ry=0 | Wy=1 Rx=0",
        "MP    Wx=1 Wy=1 | Ry=1 Rx=0",
        "LB    Rx=1 Wy=1 | Ry=1 Wx=1",
        "S     Wx=2 Wy=1 | Ry=1 Wx=1 : x=2",
        "R     Wx=1 Wy=1 | Wy=2 Rx=0 : y=2",
        "2+2W  Wx=1 Wy=2 | Wy=1 Wx=2 : x=1 y=1",
        "CoRR  Wx=1 | Rx=1 Rx=0",
        "CoWW  Wx=1 Wx=2 : x=1",
        "CoWR  Wx=1 Rx=2 | Wx=2 : x=1",
        "CoRW  Rx=2 Wx=1 | Wx=2 : x=2",
        "CoRW1 Rx=1 Wx=1",
        "2W    Wx=1 | Wx=2 : x=2",
        "WRC   Wx=1 | Rx=1 Wy=1 | Ry=1 Rx=0",
        "IRIW  Wx=1 | Rx=1 Ry=0 | Wy=1 | Ry=1 Rx=0",
    ];

    // More threads, of which each pair of accesses is in a basic shape too.
    private static readonly string[] s_more =
    [
        "RWC   Wx=1 | Rx=1 Ry=0 | Wy=1 Rx=0",
        "WRW+WR Wx=1 | Rx=1 Wy=1 | Wy=2 Rx=0 : y=2",
        "WWC   Wx=2 | Rx=2 Wy=1 | Ry=1 Wx=1 : x=2",
        "ISA2  Wx=1 Wy=1 | Ry=1 Wz=1 | Rz=1 Rx=0",
        "Z6.0  Wx=1 Wy=1 | Ry=1 Wz=1 | Wz=2 Rx=0 : z=2",
        "3.SB  Wx=1 Ry=0 | Wy=1 Rz=0 | Wz=1 Rx=0",
        "3.LB  Rx=1 Wy=1 | Ry=1 Wz=1 | Rz=1 Wx=1",
        "IRRWIW Wx=2 | Rx=2 Ry=0 | Wy=1 | Ry=1 Wx=1 : x=2",
    ];

    /// <summary>Shapes that show each way in which two accesses of a thread can be too weak.</summary>
    public static IReadOnlyList<Shape> Basic { get; } = [.. s_basic.Select(Parse)];

    /// <summary>All shapes.</summary>
    public static IReadOnlyList<Shape> All { get; } = [.. Basic, .. s_more.Select(Parse)];

    /// <summary>Values that a location may hold at some time: 0, and what is written to it.</summary>
    public IEnumerable<int> ValuesOf(char location) =>
        Threads.SelectMany(t => t).Where(a => a.IsWrite && a.Location == location).Select(a => a.Value).Append(0).Distinct();

    private static Shape Parse(string line)
    {
        string name = line.Split(' ')[0];
        string[] halves = line[name.Length..].Split(':');
        return new Shape(
            name,
            [.. halves[0].Split('|').Select(thread => (IReadOnlyList<ShapeAccess>)[.. Words(thread).Select(w => new ShapeAccess(w[0] == 'W', w[1], w[3] - '0'))])],
            [.. halves.Skip(1).SelectMany(Words).Select(w => (w[0], w[2] - '0'))]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>An access of a shape.</summary>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="Location">Where.</param>
/// <param name="Value">What it reads or writes.</param>
internal readonly record struct ShapeAccess(bool IsWrite, char Location, int Value);
