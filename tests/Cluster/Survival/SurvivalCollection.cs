namespace BudgetEngine.Cluster.Survival;

/// <summary>Tests that hurt silos run one after the other: several clusters at once would only wait for each other's processors.</summary>
[CollectionDefinition(Name)]
public sealed class SurvivalCollection
{
    public const string Name = "survival";
}
