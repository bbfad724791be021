namespace BudgetEngine.LocalSilo.Tests.Semantics;

/// <summary>A test that every actor runtime must pass.</summary>
[Collection(nameof(SiloFixture))]
public abstract class SemanticTest(TestSilo silo)
{
    protected IGrainFactory Grains { get; } = silo.Grains;

    /// <summary>A key that no other test has.</summary>
    protected static string NewKey(string prefix = "") => prefix + Guid.NewGuid().ToString("N");

    protected static Journal JournalOf(string key) => Journal.Of(key);
}
