namespace Dragoman.Runtime.Scheduling;

/// <summary>A parameter that is run as work of a vCPU's queue: on its thread, between two TBs.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class WorkItemAttribute : Attribute;
