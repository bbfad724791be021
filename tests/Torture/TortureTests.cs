using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.Torture.Running;
using Xunit.Abstractions;

namespace BudgetEngine.Torture;

/// <summary>The short form: some rounds on each store. BUDGET_SEED repeats the draw, BUDGET_TORTURE_ROUNDS lengthens it; the long form is ./torture.sh.</summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    [Fact]
    public Task ShortTorture_Sqlite_ViolatesNothing() => RunAsync(postgres: false, Rounds(2));

    [PostgresFact]
    public Task ShortTorture_Postgres_ViolatesNothing() => RunAsync(postgres: true, Rounds(2));

    private static int Rounds(int few) => int.TryParse(Environment.GetEnvironmentVariable("BUDGET_TORTURE_ROUNDS"), out var rounds) ? rounds : few;

    private async Task RunAsync(bool postgres, int rounds)
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed} (repeat with BUDGET_SEED={seed}, or ./torture.sh --seed {seed} --rounds {rounds} --store {(postgres ? "postgres" : "sqlite")})");
        var report = await TortureRun.RunAsync(new TortureOptions(rounds, [postgres], seed, null), postgres, output.WriteLine);
        output.WriteLine(report.Summary());
        Assert.Empty(report.Violations);
        Assert.Equal(rounds, report.Rounds.Count);
        Assert.True(report.Rounds.Sum(r => r.Acknowledged) >= 100 * rounds, "the rounds were nearly without load");
    }
}
