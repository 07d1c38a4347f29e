namespace Dragoman.Linux.Signals;

/// <summary>A guest's disposition of one signal.</summary>
/// <param name="Handler">Guest address, or <see cref="Default"/> or <see cref="Ignore"/>.</param>
/// <param name="Flags">SA_ flags.</param>
/// <param name="Restorer">sa_restorer when SA_RESTORER is set.</param>
/// <param name="Mask">Blocked while the handler runs: bit n - 1 is signal n.</param>
public readonly record struct SignalAction(ulong Handler, ulong Flags, ulong Restorer, ulong Mask)
{
    public const ulong Default = 0;
    public const ulong Ignore = 1;

    public const ulong NoChildStop = 1;
    public const ulong NoChildWait = 2;
    public const ulong WithInfo = 4;
    public const ulong HasRestorer = 0x04000000;
    public const ulong OnStack = 0x08000000;
    public const ulong Restart = 0x10000000;
    public const ulong NoDefer = 0x40000000;
    public const ulong ResetHandler = 0x80000000;

    /// <summary>The flags that there are (UAPI_SA_FLAGS), SA_EXPOSE_TAGBITS among them: others are not kept, by which programs learn what a kernel knows (Linux 5.11).</summary>
    public const ulong Known = NoChildStop | NoChildWait | WithInfo | 0x800 | HasRestorer | OnStack | Restart | NoDefer | ResetHandler;

    /// <summary>What is left of it where handlers are not passed on (CLONE_CLEAR_SIGHAND, execve).</summary>
    public SignalAction Cleared => new(Handler == Ignore ? Ignore : Default, 0, 0, 0);

    /// <summary>True when a guest handler runs.</summary>
    public bool IsHandler => Handler > Ignore;
}

/// <summary>What sigaltstack set.</summary>
/// <param name="Pointer">Lowest address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Flags">SS_DISABLE (2), SS_AUTODISARM (1 &lt;&lt; 31).</param>
public readonly record struct AlternateStack(ulong Pointer, ulong Length, int Flags)
{
    public const int OnStackFlag = 1;
    public const int DisableFlag = 2;
    public const int AutoDisarmFlag = unchecked((int)0x80000000);

    /// <summary>No alternate stack.</summary>
    public static readonly AlternateStack None = new(0, 0, DisableFlag);

    /// <summary>True when <paramref name="stackPointer"/> is inside (the kernel's on_sig_stack).</summary>
    public bool Holds(ulong stackPointer) =>
        (Flags & AutoDisarmFlag) == 0 && stackPointer > Pointer && stackPointer - Pointer <= Length;
}
