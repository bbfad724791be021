namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

[CollectionDefinition(nameof(SimulatedSiloOnThreads))]
public sealed class OnSimulatedSilo : ICollectionFixture<SimulatedSiloOnThreads>;

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class ActivationTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : ActivationTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class CallTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : CallTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class DeactivationTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : DeactivationTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class PersistenceTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : PersistenceTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class ReentrancyTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : ReentrancyTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class SchedulerTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : SchedulerTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class StreamTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : StreamTests(silo);

[Collection(nameof(SimulatedSiloOnThreads))]
public sealed class TimerTestsOnSimulatedSilo(SimulatedSiloOnThreads silo) : TimerTests(silo);
