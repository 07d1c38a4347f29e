namespace Dragoman.Linux.Signals;

/// <summary>A signal that the host's handler has queued.</summary>
/// <param name="Info">With the guest's number.</param>
/// <param name="Tid">Host thread that it came to.</param>
internal sealed record ArrivedSignal(SignalInfo Info, int Tid);
