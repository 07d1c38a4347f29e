namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>Two engines disagree. The message names the TB, the first difference, both states and the ops.</summary>
public sealed class LockstepException(string message) : Exception(message);
