namespace Dragoman.Runtime.Diagnostics;

/// <summary>What <c>-d</c> asks for.</summary>
[Flags]
public enum LogCategories
{
    None = 0,

    /// <summary><c>in_asm</c>: guest code of each TB.</summary>
    InAsm = 1,

    /// <summary><c>op</c>: ops before the optimizer.</summary>
    Op = 2,

    /// <summary><c>op_opt</c>: ops after it.</summary>
    OpOpt = 4,

    /// <summary><c>out_asm</c>: what the backend made of them.</summary>
    OutAsm = 8,

    /// <summary><c>exec</c>: each TB entered through the dispatcher.</summary>
    Exec = 16,

    /// <summary><c>int</c>: exceptions.</summary>
    Int = 32,

    /// <summary><c>cpu</c>: registers before each TB.</summary>
    Cpu = 64,

    /// <summary><c>strace</c>: system calls.</summary>
    Strace = 128,

    /// <summary><c>nochain</c>: not a category but a switch: TBs are not chained.</summary>
    NoChain = 256,

    /// <summary><c>unimp</c>: what the guest used and this program lacks.</summary>
    Unimp = 512,

    /// <summary><c>page</c>: the guest's memory map when it changes.</summary>
    Page = 1024,
}
