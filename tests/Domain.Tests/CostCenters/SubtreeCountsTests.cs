using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

/// <summary>What is taken in the tree counts in every subtree around it, and none takes more than its share.</summary>
public sealed class SubtreeCountsTests
{
    private readonly SubtreeCounts _counts = new();

    [Theory]
    [InlineData("acme", 16)]
    [InlineData("acme/a", 8)]
    [InlineData("acme/a/b", 4)]
    [InlineData("acme/a/b/c", 2)]
    [InlineData("acme/a/b/c/d/e/f", 2)]
    public void Subtree_HasItsShare_AndLeavesTheRest(string subtree, int share)
    {
        Assert.Equal(share, Fill(subtree, 16));

        Assert.True(_counts.HasRoom("other/x", 16));
        Assert.Equal(share < 16, _counts.HasRoom("acme/x", 16));
    }

    [Fact]
    public void PartsOfASubtree_HaveNoMoreTogetherThanItHas()
    {
        Assert.Equal(8, Enumerable.Range(0, 5).Sum(i => Fill($"acme/eng/part-{i}", 16)));

        Assert.False(_counts.HasRoom("acme/eng/one-more", 16));
        Assert.True(_counts.HasRoom("acme/ops/x", 16));
    }

    [Fact]
    public void GivenBack_IsRoomAgain_InEverySubtreeAround()
    {
        Fill("acme/eng/a", 16);
        Fill("acme/eng/b", 16);
        _counts.Remove("acme/eng/a/x0");

        Assert.True(_counts.HasRoom("acme/eng/a/y", 16));
        Assert.False(_counts.HasRoom("acme/eng/b/y", 16));
        _counts.Clear();
        _counts.Remove("acme/eng/b/x0");
        Assert.Equal(4, Fill("acme/eng/b", 16));
    }

    /// <summary>Names that somebody makes up take the place of no tenant.</summary>
    [Fact]
    public void MadeUpSubtrees_BeyondWhatIsCounted_CountWhereTheyAre()
    {
        for (var i = 0; i < SubtreeCounts.MaxCounted; i++) _counts.Add($"acme/made-up-{i}/x");

        Assert.False(_counts.HasRoom("acme/more", SubtreeCounts.MaxCounted));
        Assert.Equal(2, Fill("late", 2));
        for (var i = 0; i < SubtreeCounts.MaxCounted; i++) _counts.Add($"tenant-{i}");
        Assert.False(_counts.HasRoom("one-too-many", 2));
    }

    private int Fill(string subtree, int perTenant)
    {
        var taken = 0;
        for (; _counts.HasRoom($"{subtree}/x{taken}", perTenant); taken++) _counts.Add($"{subtree}/x{taken}");
        return taken;
    }
}
