namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>One silo for all tests of the semantics.</summary>
public abstract class SiloFixture : IAsyncLifetime
{
    public const string StreamProvider = "streams";

    /// <summary>Short, since some tests wait for it; long enough for a busy machine.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(3);

    public abstract IGrainFactory Grains { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();
}
