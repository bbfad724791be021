using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

/// <summary>None of many callers can take all there is of something bounded.</summary>
public sealed class SubtreeSharesTests
{
    private static readonly SubtreeShares _shares = new(Total: 80, PerTenant: 16);

    [Theory]
    [InlineData("acme", 16)]
    [InlineData("acme/a", 8)]
    [InlineData("acme/a/b", 4)]
    [InlineData("acme/a/b/c", 2)]
    [InlineData("acme/a/b/c/d/e/f/g", 2)]
    public void Subtree_HasItsShare_AndLeavesTheRest(string subtree, int share)
    {
        var taken = Fill(subtree, []);

        Assert.Equal(share, taken.Count);
        Assert.True(_shares.HasRoom(null, taken));
        Assert.True(_shares.HasRoom("other", taken));
        Assert.Equal(share < 16, _shares.HasRoom("acme", taken));
    }

    [Fact]
    public void Subtrees_OfOneTenant_HaveNoMoreThanItTogether()
    {
        List<string?> taken = [];
        foreach (var child in new[] { "acme/a", "acme/b", "acme/c" }) Fill(child, taken);

        Assert.Equal(16, taken.Count);
        Assert.True(_shares.HasRoom("acmes", taken));
    }

    [Fact]
    public void Installation_HasTheLastEighth()
    {
        List<string?> taken = [];
        for (var i = 0; i < 10; i++) Fill($"tenant-{i}", taken);
        Assert.Equal(70, taken.Count);
        Assert.False(_shares.HasRoom("new", taken));

        Assert.Equal(80, Fill(null, taken).Count);
    }

    [Fact]
    public void Describe_TellsACallerItsOwnShareOnly()
    {
        Assert.Equal("'acme/a' may have 8, its tenant 16, and all tenants together 70.", _shares.Describe("acme/a"));
        Assert.Equal("There are 80, as many as there may be.", _shares.Describe(null));
    }

    private static List<string?> Fill(string? subtree, List<string?> taken)
    {
        while (_shares.HasRoom(subtree, taken)) taken.Add(subtree);
        return taken;
    }
}
