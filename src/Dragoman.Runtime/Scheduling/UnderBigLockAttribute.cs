namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// Runs with the big lock held: on a method or property, on a type for all its members, or on a parameter that is called so. Whoever calls a method, sets a property
/// or raises a callback of this kind without holding the lock fails to build (ISA4013). What implements or overrides such a member is one too.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Parameter)]
public sealed class UnderBigLockAttribute : Attribute;
