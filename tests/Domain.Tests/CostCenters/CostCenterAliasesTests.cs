using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

public sealed class CostCenterAliasesTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The old place went as a whole, and then a part of it went on.</summary>
    [Fact]
    public void OldName_OfAPartThatMovedOn_LeadsToWhereThePartIsNow()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/y/part", "a/z")]);

        Assert.Equal(("a/z/deep", "a/z/deep", "a/z/deep"), (aliases.BookedAt("a/x/part/deep"), aliases.CountedAt("a/x/part/deep"), aliases.AskedAt("a/x/part/deep", _now)));
        Assert.Equal("a/y/other", aliases.BookedAt("a/x/other"));
    }

    [Fact]
    public void OldName_OfAPartThatMovesOnJustNow_LeadsAsFarAsChecksAndHistoryGo()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/y/part", "a/z") with { ForChecks = false, KeepsHistory = true }]);

        Assert.Equal(("a/z", "a/y/part", "a/y/part"), (aliases.BookedAt("a/x/part"), aliases.CountedAt("a/x/part"), aliases.AskedAt("a/x/part", _now)));
    }

    /// <summary>A part went and left its history, and then the place went with what the part had left.</summary>
    [Fact]
    public void OldName_OfAPartThatLeftItsHistory_IsCountedWhereTheHistoryWent()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/x/part", "a/z") with { KeepsHistory = true }, Alias("a/y/part", "a/z") with { KeepsHistory = true }]);

        Assert.Equal(("a/z/deep", "a/y/part/deep"), (aliases.BookedAt("a/x/part/deep"), aliases.CountedAt("a/x/part/deep")));
        Assert.Equal("a/y/part", aliases.CountedAt("a/y/part"));
    }

    private static CostCenterAlias Alias(string from, string to) => new(from, to, false, true, _now.AddDays(90));
}
