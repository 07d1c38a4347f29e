using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>A theory about the host code of x64; skipped, and said so, on any other.</summary>
public sealed class X64TheoryAttribute : TheoryAttribute
{
    public X64TheoryAttribute()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Skip = "the host code is x64's";
        }
    }
}
