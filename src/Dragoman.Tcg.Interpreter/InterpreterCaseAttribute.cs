namespace Dragoman.Tcg.Interpreter;

/// <summary>
/// Marks a hand-written case of the interpreter; the generator makes a <see cref="Code"/> of its name and calls it from the loop.
/// The method takes (env, ip), or these and the address mask and limit, and returns: void, go on; bool, false leaves with the pending
/// exception; nint, leaves with that; <c>Insn*</c>, the next instruction, null leaves with the pending exception.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InterpreterCaseAttribute : Attribute;
