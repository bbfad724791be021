using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Storms on three silos: every acknowledged record is in PostgreSQL once, balances are exact, limits hold within the stated bound. The long form is ./cluster.sh.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class StormTests(ITestOutputHelper output)
{
    public static TheoryData<string[]> Storms => LongForms.Wanted ? [["kill", "postgres-restart"], ["postgres-failover"]] : [["kill", "postgres-restart"]];

    [ClusterTheory]
    [MemberData(nameof(Storms))]
    public async Task Storm_OnThreeSilos_ViolatesNothing(string[] nemeses)
    {
        var seed = Seed.Next(output);

        var report = await ClusterRun.RunAsync([.. nemeses.Select(AllClusterNemeses.Named)], seed, output.WriteLine);

        output.WriteLine(report.Summary());
        Assert.Empty(report.Violations);
        Assert.Equal(nemeses.Length, report.Rounds.Count);
        Assert.All(report.Rounds, round => Assert.True(round.Acknowledged >= 500, $"round {round.Number} was nearly without load"));
    }
}
