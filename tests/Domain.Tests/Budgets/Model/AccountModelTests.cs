using System.Globalization;
using BudgetEngine.TestKit.Facts;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>
/// Random commands on the account and on a naive second account, compared after each; of a run that fails it is told which few of its commands suffice.
/// BUDGET_MODEL_SEED repeats the one run of a seed, BUDGET_MODEL_FIRST all of a test whose new seeds began there; BUDGET_MODEL_RUNS makes it longer or shorter.
/// </summary>
public sealed class AccountModelTests(ITestOutputHelper output)
{
    private const int CommandsPerRun = 400;

    /// <summary>200,000 commands; a million in the long form.</summary>
    private static readonly int _defaultRuns = LongForms.Wanted ? 2_500 : 300;

    [Fact]
    public void Account_AfterRandomCommands_DecidesLikeTheNaiveModel()
    {
        var shares = new ModelShares();
        var done = 0;
        foreach (var seed in SeedsOfRuns()) done += Run(seed, done, shares);
        output.WriteLine($"{done:n0} commands. {shares}");
        if (Environment.GetEnvironmentVariable("BUDGET_MODEL_SEED") is not null) return;
        Assert.InRange(shares.GrantedShare, 0.3, 0.8);
        Assert.InRange(shares.RefusedShare, 0.2, 0.7);
    }

    /// <summary>Half of them always the same, half new in every run.</summary>
    private IEnumerable<int> SeedsOfRuns()
    {
        if (Environment.GetEnvironmentVariable("BUDGET_MODEL_SEED") is { } one) return [int.Parse(one, CultureInfo.InvariantCulture)];
        var runs = Environment.GetEnvironmentVariable("BUDGET_MODEL_RUNS") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : _defaultRuns;
        var first = Environment.GetEnvironmentVariable("BUDGET_MODEL_FIRST") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000, int.MaxValue - runs);
        output.WriteLine($"seeds 1 to {runs / 2} and {first} to {first + runs - runs / 2 - 1}, each of {CommandsPerRun} commands");
        return Enumerable.Range(1, runs / 2).Concat(Enumerable.Range(first, runs - runs / 2));
    }

    private static int Run(int seed, int before, ModelShares shares)
    {
        var random = new Random(seed);
        int[] commands = [.. Enumerable.Range(0, CommandsPerRun).Select(_ => random.Next())];
        if (Failure(seed, commands, shares, null) is { } failure)
        {
            var log = new Queue<string>();
            var few = Shrunk(seed, commands);
            var smallest = Failure(seed, few, new ModelShares(), log);
            Assert.Fail($"BUDGET_MODEL_SEED={seed} ({before} commands before): {failure.Message}\n{few.Length} of its commands suffice:\n{string.Join('\n', log)}\n{smallest}");
        }

        return commands.Length;
    }

    private static Exception? Failure(int seed, int[] commands, ModelShares shares, Queue<string>? log)
    {
        try
        {
            new ModelRun(seed, shares, log).Go(commands);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Leaves out what it can, large parts first, as long as the rest still fails.</summary>
    private static int[] Shrunk(int seed, int[] commands)
    {
        for (var part = commands.Length / 2; part > 0; part /= 2)
        {
            for (var at = 0; at + part <= commands.Length;)
            {
                int[] fewer = [.. commands[..at], .. commands[(at + part)..]];
                if (Failure(seed, fewer, new ModelShares(), null) is null) at += part;
                else commands = fewer;
            }
        }

        return commands;
    }
}
