using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>A theory whose witness is an x64 processor; skipped, and said so, on any other.</summary>
public sealed class X64TheoryAttribute : TheoryAttribute
{
    public X64TheoryAttribute()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Skip = "the witness is an x64 processor";
        }
    }
}
