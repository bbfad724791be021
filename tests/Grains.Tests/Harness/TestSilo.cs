using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.CostCenters;
using Orleans.Streams;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>
/// The silo under a test: the simulated one (with threads), or, with <c>BUDGET_TEST_SILO=orleans</c>, Orleans. <c>./test.sh</c> runs every test on both.
/// </summary>
internal abstract class TestSilo
{
    private static readonly bool _onOrleans = Environment.GetEnvironmentVariable("BUDGET_TEST_SILO") == "orleans";

    /// <summary>What the nodes are registered for: on Orleans one process of several, so with epochs; else one that has the ledger alone.</summary>
    public static string? Process => _onOrleans ? "test-silo" : null;

    public abstract IGrainFactory Grains { get; }

    /// <param name="crashes">The test needs a real crash of an activation, which Orleans cannot show.</param>
    public static Task<TestSilo> StartAsync(CostCenterServices services, NotifierServices notifiers, bool ownSilo, bool crashes) =>
        _onOrleans && !crashes ? OrleansTestSilo.StartAsync(services, notifiers, ownSilo) : Task.FromResult<TestSilo>(new SimulatedTestSilo(services, notifiers));

    public abstract IStreamProvider Streams(string name);

    /// <summary>Ends an activation as a crash does, without a last word; on Orleans, which has no way to, in good order.</summary>
    public abstract Task KillAsync(string key);

    /// <summary>Ends an activation in good order; calls go to the next one from here on.</summary>
    public abstract Task DeactivateAsync(string key);

    public abstract Task StopAsync();

    protected ICostCenterGrain Grain(string key) => Grains.GetGrain<ICostCenterGrain>(key);
}
