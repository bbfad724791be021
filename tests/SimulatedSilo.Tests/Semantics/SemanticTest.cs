namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>A test that Orleans and the simulated silo must both pass: see <c>OnOrleans.cs</c> and <c>OnSimulatedSilo.cs</c>.</summary>
public abstract class SemanticTest(SiloFixture silo)
{
    protected IGrainFactory Grains { get; } = silo.Grains;

    /// <summary>A key that no other test has.</summary>
    protected static string NewKey(string prefix = "") => prefix + Guid.NewGuid().ToString("N");

    protected static Journal JournalOf(string key) => Journal.Of(key);
}
