namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

[CollectionDefinition(nameof(OrleansSilo))]
public sealed class OnOrleans : ICollectionFixture<OrleansSilo>;

[Collection(nameof(OrleansSilo))]
public sealed class ActivationTestsOnOrleans(OrleansSilo silo) : ActivationTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class CallTestsOnOrleans(OrleansSilo silo) : CallTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class DeactivationTestsOnOrleans(OrleansSilo silo) : DeactivationTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class PersistenceTestsOnOrleans(OrleansSilo silo) : PersistenceTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class ReentrancyTestsOnOrleans(OrleansSilo silo) : ReentrancyTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class SchedulerTestsOnOrleans(OrleansSilo silo) : SchedulerTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class StreamTestsOnOrleans(OrleansSilo silo) : StreamTests(silo);

[Collection(nameof(OrleansSilo))]
public sealed class TimerTestsOnOrleans(OrleansSilo silo) : TimerTests(silo);
