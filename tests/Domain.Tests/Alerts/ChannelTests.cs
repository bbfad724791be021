using System.Collections.Immutable;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class ChannelTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "", true)]
    [InlineData(null, "acme", true)]
    [InlineData("acme", "acme", true)]
    [InlineData("acme", "acme/x/y", true)]
    [InlineData("acme", "acme-2", false)]
    [InlineData("acme/x", "acme", false)]
    [InlineData("acme", "", false)]
    public void Takes_AlertsOfItsSubtree(string? under, string costCenter, bool takes) =>
        Assert.Equal(takes, Of(under: under).Takes(new Alert("a", AlertType.Denied, costCenter, null, Now)));

    [Theory]
    [InlineData("warning", "", true)]
    [InlineData("warning", "warning critical", true)]
    [InlineData("warning", "critical", false)]
    [InlineData(null, "critical", true)]
    public void Takes_ThresholdsOfItsLevels_AndAllThatHasNone(string? level, string levels, bool takes) =>
        Assert.Equal(takes, Of(levels: levels).Takes(Crossing with { Level = level }));

    [Fact]
    public void Takes_ItsTypesOnly()
    {
        Assert.True(Of(types: [AlertType.ThresholdReached, AlertType.Spike]).Takes(Crossing));
        Assert.False(Of(types: [AlertType.Spike]).Takes(Crossing));
        // Summaries go where their schedule says.
        Assert.All(AlertTypes.All, type => Assert.Equal(type != AlertType.SpendSummary, Of().Takes(new Alert("a", type, "acme", null, Now))));
    }

    /// <summary>Where each customer has a cost center of its own, new ones are everyday.</summary>
    [Theory]
    [InlineData("acme/new", null, false, false)]
    [InlineData("acme/new", null, true, true)]
    [InlineData("acme/enginering", "acme/engineering", false, true)]
    [InlineData("acmee", null, false, true)]
    public void Takes_NewCostCenters_ThatMayBeMistakes_OrThatItAsksFor(string costCenter, string? nearest, bool asks, bool takes) =>
        Assert.Equal(takes, Of(types: asks ? [AlertType.CostCenterCreated] : []).Takes(new Alert("a", AlertType.CostCenterCreated, costCenter, null, Now) { Detail = nearest }));

    [Fact]
    public void Takes_NothingThatIsLate_AndNothingWhileItIsOff()
    {
        Assert.False(Of().Takes(Crossing with { Cause = AlertCause.Late }));
        Assert.True(Of().Takes(Crossing with { Cause = AlertCause.LimitChange }));
        Assert.False((Of() with { Disabled = new ChannelDisabled("410", Now) }).Takes(Crossing));
    }

    [Fact]
    public void TellsAsOver_IsOfChannelsThatKeepIncidents()
    {
        var over = AlertTypes.All.Where(t => (Of() with { Type = ChannelType.PagerDuty }).ClosesIncident(new Alert("a", t, "acme", null, Now)));

        Assert.Equal([AlertType.WindowReset, AlertType.Resumed], over);
        Assert.False(Of().ClosesIncident(new Alert("a", AlertType.Resumed, "acme", null, Now)));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("acme", null, true)]
    [InlineData(null, "acme", false)]
    [InlineData("acme/x", "acme", true)]
    [InlineData("acme", "acme/x", false)]
    public void IsWithin_ASubtree_WhenAllThatItTellsOfIs(string? under, string? subtree, bool within) => Assert.Equal(within, Of(under: under).IsWithin(subtree));

    [Fact]
    public void Words_OfTypes_GoThereAndBack()
    {
        Assert.All(AlertTypes.All, t => Assert.Equal(t, AlertTypes.Parse(AlertTypes.WordOf(t))));
        Assert.All(ChannelTypes.All, t => Assert.Equal(t, ChannelTypes.Parse(ChannelTypes.WordOf(t))));
        Assert.Equal((AlertType.Unknown, AlertType.Unknown), (AlertTypes.Parse(""), AlertTypes.Parse("none")));
        Assert.Equal((ChannelType.Unknown, ChannelType.Unknown), (ChannelTypes.Parse(""), ChannelTypes.Parse("none")));
        Assert.Equal((14, 7), (AlertTypes.All.Count, ChannelTypes.All.Count));
    }

    private static Alert Crossing => new("a", AlertType.ThresholdReached, "acme", null, Now) { Threshold = 0.7m, Level = "warning" };

    private static Channel Of(string? under = null, string levels = "", ImmutableArray<AlertType> types = default) => new(
        "c", under, ChannelType.Webhook, [.. levels.Split(' ', StringSplitOptions.RemoveEmptyEntries)], types, new ChannelTarget(), null);
}
