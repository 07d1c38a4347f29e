using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

public sealed class ExecutionTestsOnTiny() : ExecutionTests(Engine.Tiny);

public sealed class ExecutionTestsOnInterpreter() : ExecutionTests(Engine.Interpreter);

public sealed class ExecutionTestsOnIl() : ExecutionTests(Engine.Il);

public sealed class ExecutionTestsOnAuto() : ExecutionTests(Engine.Auto);

public sealed class CodePagesTestsOnTiny() : CodePagesTests(Engine.Tiny);

public sealed class CodePagesTestsOnInterpreter() : CodePagesTests(Engine.Interpreter);

public sealed class CodePagesTestsOnIl() : CodePagesTests(Engine.Il);

public sealed class CodePagesTestsOnAuto() : CodePagesTests(Engine.Auto);

public sealed class SchedulingTestsOnTiny() : SchedulingTests(Engine.Tiny);

public sealed class SchedulingTestsOnInterpreter() : SchedulingTests(Engine.Interpreter);

public sealed class SchedulingTestsOnIl() : SchedulingTests(Engine.Il);

public sealed class SchedulingTestsOnAuto() : SchedulingTests(Engine.Auto);

public sealed class InvalidationStressTestsOnTiny() : InvalidationStressTests(Engine.Tiny);

public sealed class InvalidationStressTestsOnInterpreter() : InvalidationStressTests(Engine.Interpreter);

public sealed class InvalidationStressTestsOnIl() : InvalidationStressTests(Engine.Il);

public sealed class InvalidationStressTestsOnAuto() : InvalidationStressTests(Engine.Auto);

public sealed class ExclusivesTestsOnTiny() : ExclusivesTests(Engine.Tiny);

public sealed class ExclusivesTestsOnInterpreter() : ExclusivesTests(Engine.Interpreter);

public sealed class ExclusivesTestsOnIl() : ExclusivesTests(Engine.Il);

public sealed class ExclusivesTestsOnAuto() : ExclusivesTests(Engine.Auto);
