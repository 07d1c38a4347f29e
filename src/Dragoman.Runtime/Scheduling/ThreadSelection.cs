using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Runtime.Scheduling;

/// <summary>How the vCPUs of a system share host threads, by QEMU's rules.</summary>
/// <param name="Model">What is run.</param>
/// <param name="Warning">One line for the user, or null.</param>
public readonly record struct ThreadSelection(ThreadModel Model, string? Warning)
{
    /// <summary>
    /// Chooses. <see cref="ThreadRequest.Auto"/> gives each vCPU a thread if the guest's audit is clean, the host keeps the order that the guest's plain accesses have
    /// (plain accesses are lowered to plain ones), and instructions are not counted. <see cref="ThreadRequest.Multi"/> is obeyed with a warning where auto would refuse.
    /// </summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="isAuditClean">The guest's audit allows it (QEMU's TARGET_SUPPORTS_MTTCG).</param>
    /// <param name="guest">What the guest's manual promises of plain accesses.</param>
    /// <param name="isTsoHost">The host reorders nothing but a store with a later load (<see cref="IsTsoHost"/>).</param>
    /// <param name="countsInstructions">The guest's clock counts instructions (icount), which has no meaning with vCPUs side by side.</param>
    /// <exception cref="ArgumentException">Threads were asked for while instructions are counted.</exception>
    public static ThreadSelection Choose(ThreadRequest request, bool isAuditClean, MemoryOrder guest, bool isTsoHost, bool countsInstructions)
    {
        var keepsOrder = isTsoHost || guest != MemoryOrder.Tso;
        switch (request)
        {
            case ThreadRequest.Single:
                return new ThreadSelection(ThreadModel.Single, null);
            case ThreadRequest.Auto:
                return new ThreadSelection(isAuditClean && keepsOrder && !countsInstructions ? ThreadModel.Multi : ThreadModel.Single, null);
            default:
                if (countsInstructions)
                {
                    throw new ArgumentException("No MTTCG when icount is enabled");
                }

                var warning = !isAuditClean ? "Guest not yet converted to MTTCG - you may get unexpected results"
                    : !keepsOrder ? "Guest expects a stronger memory ordering than the host provides"
                    : null;
                return new ThreadSelection(ThreadModel.Multi, warning);
        }
    }

    /// <summary>Whether this process's host is TSO.</summary>
    public static bool IsTsoHost => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
}
