namespace Dragoman.Runtime.Translation;

/// <summary>What was copied of the guest's code, and the generations of its pages.</summary>
/// <param name="Available">Bytes.</param>
/// <param name="PageEnd">Guest address where the page of the first ends.</param>
/// <param name="Generation">Of that page.</param>
/// <param name="SecondGeneration">Of the page behind it, where an instruction may lie across.</param>
internal readonly record struct FetchedCode(int Available, ulong PageEnd, long Generation, long SecondGeneration);
