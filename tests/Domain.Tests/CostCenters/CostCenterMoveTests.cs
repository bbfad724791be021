using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

/// <summary>Which names a move changes, which sums, and which moves there are not.</summary>
public class CostCenterMoveTests
{
    [Theory]
    [InlineData("a/x", "a/y", "a/x", "a/y")]
    [InlineData("a/x", "a/y/z", "a/x/p/q", "a/y/z/p/q")]
    [InlineData("a/x", "a/y", "a/xp", "a/xp")]
    [InlineData("a/x", "a/y", "a", "a")]
    public void NewName_OfWhatIsMoved_FollowsIt(string from, string to, string path, string expected) => Assert.Equal(expected, new CostCenterMove(from, to).NewNameOf(path));

    [Theory]
    [InlineData("a/x", "a/y", "", "")]
    [InlineData("a/b/x", "a/c/d/x", "a/b", "a/c/d a/c")]
    [InlineData("a/b/c/x", "a/b/y", "a/b/c", "")]
    [InlineData("a/b/x", "a/b/c/x", "", "a/b/c")]
    public void Ancestors_OfOneSideAlone_LoseOrGain(string from, string to, string losing, string gaining)
    {
        var move = new CostCenterMove(from, to);
        Assert.Equal((losing, gaining), (string.Join(' ', move.Losing), string.Join(' ', move.Gaining)));
    }

    [Theory]
    [InlineData("a/x", "a/x", 2, "there already")]
    [InlineData("a/x", "b/x", 2, "tenant")]
    [InlineData("a", "a/x", 2, "tenant stays")]
    [InlineData("a/x", "a/x/y", 2, "below itself")]
    [InlineData("a/x/y", "a/x", 3, "part of")]
    [InlineData("a/x", "a/1/2/3/4/5", 5, "9 segments")]
    public void Move_ThatCannotBe_SaysWhy(string from, string to, int deepest, string why) => Assert.Contains(why, new CostCenterMove(from, to).Fault(deepest), StringComparison.Ordinal);

    [Theory]
    [InlineData("a/x", "a/y", 8)]
    [InlineData("a/x", "a/xy", 2)]
    [InlineData("a/x/y", "a/y", 3)]
    public void Move_ToAnotherPlaceOfItsTenant_IsOne(string from, string to, int deepest) => Assert.Null(new CostCenterMove(from, to).Fault(deepest));

    [Fact]
    public void Alias_LeadsUsageAtOnce_ChecksWhenItIsOpen_AndRowsUnlessHistoryStays()
    {
        var (now, until) = (new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 21, 11, 0, 0, TimeSpan.Zero));
        var aliases = new CostCenterAliases([new("a/x", "a/y", false, false, until), new("a/x/p", "a/z", true, true, until)]);
        Assert.Equal(("a/y/q", "a/y/q", "a/x/q"), (aliases.BookedAt("a/x/q"), aliases.CountedAt("a/x/q"), aliases.AskedAt("a/x/q", now)));
        Assert.Equal(("a/z/q", "a/y/p/q", "a/z/q"), (aliases.BookedAt("a/x/p/q"), aliases.CountedAt("a/x/p/q"), aliases.AskedAt("a/x/p/q", now)));
        Assert.Equal(("a/xp", "a/x/p", "a/y"), (aliases.BookedAt("a/xp"), aliases.AskedAt("a/x/p", until), aliases.BookedAt("a/y")));
    }
}
