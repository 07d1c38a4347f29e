namespace Dragoman.Runtime.Execution;

/// <summary>
/// The guest's operating system, as the dispatcher sees it: the Linux room implements it. Called on the vCPU's own thread, outside
/// execution (exclusive sections do not wait for it, so it may block), with no lock held and the state exact.
/// </summary>
public interface IGuestKernel
{
    /// <summary>A system call, breakpoint, illegal instruction, memory fault or other trap.</summary>
    KernelResult HandleException(Vcpu vcpu, in GuestException exception);

    /// <summary>
    /// The poll word was set: something asked this vCPU to come to an instruction boundary. Delivers guest signals that are pending.
    /// Also called when nothing is pending; must then return <see cref="KernelResult.Continue"/>.
    /// </summary>
    KernelResult HandleRequest(Vcpu vcpu);
}
