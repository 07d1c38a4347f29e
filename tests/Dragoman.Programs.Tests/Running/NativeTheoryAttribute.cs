using System.Runtime.InteropServices;

namespace Dragoman.Programs.Tests.Running;

/// <summary>A theory that needs a guest's cross compiler, and an x64 host with a compiler as the witness; skipped, by name, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute(string guest) => Skip = RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "the host is no x64"
        : Tool.Missing(GuestMachine.Named(guest).Compiler, Tool.HostCompiler);
}
