namespace Dragoman.Tcg.Ir;

/// <summary>A guest register that the IR knows by name.</summary>
/// <param name="Name">As <c>-d op</c> prints it.</param>
/// <param name="Type">I32 or I64.</param>
/// <param name="Offset">Bytes from <c>env</c> (so at least <see cref="Abi.VcpuHeader.GuestState"/>).</param>
public sealed record GlobalInfo(string Name, TcgType Type, int Offset);
