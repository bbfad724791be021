using BudgetEngine.Fuzz.Races;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Fuzz;

/// <summary>The short form; the long one is ./fuzz.sh --races N.</summary>
[Collection(FuzzTests.OneHost)]
public sealed class RaceTests(ITestOutputHelper output)
{
    private const int RacesOfTheShortForm = 400;

    [Fact]
    public async Task Administrators_WhoChangeOneResourceAtOnce_AreAnsweredInSomeOrder()
    {
        var seed = Seed.Next();
        output.WriteLine($"{RacesOfTheShortForm} races, seed {seed} (repeat with BUDGET_SEED={seed}, or ./fuzz.sh --races {RacesOfTheShortForm} --seed {seed})");

        Assert.Empty(await RaceRun.RunAsync(RacesOfTheShortForm, seed));
    }
}
