namespace Dragoman.Runtime.Translation;

/// <summary>Which page a TB was translated from, where an MMU can change that: TBs of one place may be linked and joined. Of a process all TBs have the default.</summary>
/// <param name="Page">Guest address of the page.</param>
/// <param name="Physical">Its physical address.</param>
public readonly record struct CodePlace(ulong Page, ulong Physical);
