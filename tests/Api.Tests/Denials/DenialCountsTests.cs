using BudgetEngine.Api.Denials;

namespace BudgetEngine.Api.Tests.Denials;

public class DenialCountsTests
{
    private static readonly DateTimeOffset _minute = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private readonly DenialCounts _counts = new();

    [Fact]
    public void Counts_ThatAreWritten_ComeAgainOnlyWhenTheyGrow()
    {
        Add("acme/x", 3);
        var first = _counts.Changed(Guid.Empty, 10);
        _counts.Written(first, _minute);
        Assert.Empty(_counts.Changed(Guid.Empty, 10));

        Add("acme/x", 2);

        Assert.Equal((3L, 5L), (Assert.Single(first).Count, Assert.Single(_counts.Changed(Guid.Empty, 10)).Count));
    }

    [Fact]
    public void Counts_OfAMinuteThatIsOver_AreForgottenOnceWritten_AndNotBefore()
    {
        Add("acme/x", 3);
        _counts.Written([], _minute.AddMinutes(10));
        Assert.Equal(3, Assert.Single(_counts.Changed(Guid.Empty, 10)).Count);

        _counts.Written(_counts.Changed(Guid.Empty, 10), _minute.AddMinutes(10));
        Add("acme/x", 1);

        Assert.Equal(1, Assert.Single(_counts.Changed(Guid.Empty, 10)).Count);
    }

    [Fact]
    public void CostCenters_BeyondTheLimit_AreCountedAtTheirTenant()
    {
        for (var i = 0; i < DenialCounts.MaxRowsPerTenant + 50; i++) Add($"acme/{i}", 1);
        Add("other/x", 1);

        var counts = _counts.Changed(Guid.Empty, 1_000);

        Assert.Equal(DenialCounts.MaxRowsPerTenant + 2, counts.Count);
        Assert.Equal(50, counts.Single(c => c.CostCenter == "acme").Count);
    }

    [Fact]
    public void Rows_OfAllMinutesTogether_AreBounded()
    {
        var added = 0;
        for (var i = 0; i < DenialCounts.MaxRows + 10; i++) added += _counts.TryAdd(_minute.AddMinutes(i), "acme", "acme/x", "paused") ? 1 : 0;
        Assert.Equal(DenialCounts.MaxRows, added);
    }

    private void Add(string costCenter, int times)
    {
        for (var i = 0; i < times; i++) Assert.True(_counts.TryAdd(_minute, costCenter[..costCenter.IndexOf('/')], costCenter, "budget_exceeded"));
    }
}
