using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Tests;

/// <summary>A theory about an x64 processor, as witness or as host; skipped, and said so, on any other.</summary>
public sealed class X64TheoryAttribute : TheoryAttribute
{
    public X64TheoryAttribute()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Skip = "needs an x64 processor";
        }
    }
}
