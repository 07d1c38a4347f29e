namespace Dragoman.Tcg.Abi;

/// <summary>
/// Which exceptions an instruction may trap on, where the architecture encodes that in the instruction. The numbers are those of Alpha's TRP field
/// (Alpha ARM 4.7.9). Invalid operation, division by zero and overflow trap in every mode.
/// </summary>
[Flags]
public enum FpTrap : byte
{
    /// <summary>Neither underflow nor inexact results trap; IEEE operands that are not finite do.</summary>
    None = 0,

    /// <summary>/U and /V: underflow and integer overflow trap.</summary>
    Underflow = 1,

    /// <summary>/I: inexact results trap.</summary>
    Inexact = 2,

    /// <summary>/S: software completes the instruction with the IEEE result, and a trap is seen only by a program that has enabled it.</summary>
    Software = 4,
}
