using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("enginering", "engineering marketing", "engineering")]
    [InlineData("serach", "search sales", "search")]
    [InlineData("ai_features", "ai-features", "ai-features")]
    [InlineData("teamsearch", "team-search", "team-search")]
    [InlineData("platform-enginering", "platform-engineering platform-marketing", "platform-engineering")]
    [InlineData("searchh", "search searches", "search")]
    [InlineData("marketting", "marketing", "marketing")]
    // Of equally near ones the first in order.
    [InlineData("salas", "sales salad", "salad")]
    // Too far, or itself.
    [InlineData("research", "engineering", null)]
    [InlineData("search", "search", null)]
    [InlineData("mkt", "marketing", null)]
    // Short names differ easily.
    [InlineData("qa", "qb", null)]
    [InlineData("ops", "opt", "opt")]
    [InlineData("dev", "prd", null)]
    // Names that differ on purpose.
    [InlineData("customer-1002", "customer-1001", null)]
    [InlineData("team2", "team1", null)]
    [InlineData("cluster-eu-a", "cluster-eu-b", null)]
    [InlineData("custmer-1001", "customer-1001 customer-1002", "customer-1001")]
    [InlineData("anything", "", null)]
    public void Nearest_IsATypoAway_AndNotAnotherNumberOrLetter(string name, string others, string? nearest) =>
        Assert.Equal(nearest, NearestName.Of(name, others.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Nearest_OfManyNames_LooksAtSoManyOnly()
    {
        var read = 0;

        Assert.Null(NearestName.Of("engineering", Endless()));

        Assert.Equal(NearestName.MaxCompared, read);

        IEnumerable<string> Endless()
        {
            while (true)
            {
                read++;
                yield return "marketing";
            }
        }
    }

    [Fact]
    public void Nearest_OfAnyTypo_IsFound()
    {
        for (var seed = 1; seed <= 2_000; seed++)
        {
            var dice = new Random(seed);
            var name = string.Concat(Enumerable.Range(0, dice.Next(6, 20)).Select(_ => (char)('a' + dice.Next(26))));
            var at = dice.Next(name.Length);
            var typo = dice.Next(3) switch
            {
                0 => name.Remove(at, 1),
                1 => name.Insert(at, "x"),
                _ => name[..at] + (name[at] == 'q' ? 'z' : 'q') + name[(at + 1)..],
            };

            Assert.True(NearestName.Of(typo, [name]) == (typo == name ? null : name), $"seed {seed}: {typo} of {name}");
        }
    }
}
