namespace Dragoman.Runtime.Execution;

/// <summary>Why an emulated system's vCPU yields: the argument of <see cref="Tcg.Abi.ExceptionKind.Yield"/>. Any other number only gives the host's core up.</summary>
internal static class YieldReason
{
    /// <summary>It waits for an event (Arm's WFE).</summary>
    public const ulong WaitForEvent = 2;

    /// <summary>What it has sent to other vCPUs has to be done before it goes on (Arm's DSB behind a TLBI).</summary>
    public const ulong CompleteBroadcast = 3;
}
