namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// A field or property that several threads have, by the protocol of the big lock: it is written with the lock held, or in work that a queue runs. Anything else is an
/// error of the build (ISA4013). The constructor of its type may write it.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class SharedAttribute : Attribute;
