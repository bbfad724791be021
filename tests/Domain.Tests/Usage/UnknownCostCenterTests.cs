using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Usage;

public sealed class UnknownCostCenterTests
{
    private static readonly UsageRow _sent = new()
    {
        RequestId = "r", CostCenter = "acme/a/x", User = "u", Cost = Money.Zero, Timestamp = DateTimeOffset.UnixEpoch, BookedDate = new DateOnly(2026, 11, 21),
        ContentHash = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), Flags = RowFlags.NoReservation,
    };

    [Theory]
    [InlineData(null, """{"unknown_cost_center":"acme/a/x"}""")]
    [InlineData("""{"feature":"s\u00e9","n":"1"}""", """{"feature":"s\u00E9","n":"1","unknown_cost_center":"acme/a/x"}""")]
    [InlineData("""{"unknown_cost_center":"mine"}""", """{"unknown_cost_center":"acme/a/x"}""")]
    public void BookAt_AnAncestor_KeepsTheNameAsATag_BesideTheOthers(string? tags, string kept)
    {
        var booked = UnknownCostCenter.BookAt(_sent with { TagsJson = tags }, "acme");

        Assert.Equal(("acme", RowFlags.NoReservation | RowFlags.UnknownCostCenter, kept), (booked.CostCenter, booked.Flags, booked.TagsJson));
    }

    [Fact]
    public void BookAt_OfALongPath_KeepsItsEnd()
    {
        var path = "acme/" + string.Join('/', Enumerable.Repeat(new string('b', 64), 7));

        var tag = UnknownCostCenter.BookAt(_sent with { CostCenter = path }, "acme").TagsJson!;

        Assert.Equal($$"""{"unknown_cost_center":"{{path[^256..]}}"}""", tag);
    }

    /// <summary>By what is stored: sent for acme/a/x with its content, booked at acme.</summary>
    [Theory]
    [InlineData("acme/a/x", 1, null, true)]
    [InlineData("acme/a/x", 1, "acme", true)]
    [InlineData("acme/a/x", 1, "acme/a", true)]
    [InlineData("acme/a/x", 2, "acme", false)]
    [InlineData("acme/a/y", 1, "acme", false)]
    [InlineData("acme/a/y", 1, null, false)]
    [InlineData("acme", 1, null, false)]
    public void Repeat_IsOfTheSameContentAndName_WhereverItWouldBeBookedNow(string costCenter, int content, string? bookedAt, bool isRepeat)
    {
        var stored = UnknownCostCenter.BookAt(_sent, "acme");
        var again = _sent with { CostCenter = costCenter, ContentHash = content == 1 ? _sent.ContentHash : Guid.Empty };

        Assert.Equal(isRepeat, UnknownCostCenter.IsRepeat(stored.Flags, stored.ContentHash, bookedAt is null ? again : UnknownCostCenter.BookAt(again, bookedAt)));
        Assert.False(UnknownCostCenter.IsRepeat(RowFlags.None, _sent.ContentHash, again));
    }
}
