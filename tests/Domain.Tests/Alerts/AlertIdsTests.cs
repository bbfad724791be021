using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Alerts;

/// <summary>Ids are stored: whoever changes how they are made tells everything again.</summary>
public sealed class AlertIdsTests
{
    private static readonly DateOnly Day = new(2026, 11, 21);

    [Theory]
    [InlineData("acme/eng", null, Period.Daily, 0.7, 0, "alr_660be6a0f7db3e83f5e054637039ec19")]
    [InlineData("acme/eng", "amy", Period.Daily, 0.7, 0, "alr_3afb4ca4aebd88c8801626d44e0b39a4")]
    [InlineData("acme/eng", null, Period.Monthly, 0.95, 3, "alr_0ff41929a687ac262783e7db781df11b")]
    public void OfCrossing_IsStable(string costCenter, string? user, Period period, double at, int generation, string expected) =>
        Assert.Equal(expected, AlertIds.OfCrossing(costCenter, user, period, Day, (decimal)at, generation));

    [Fact]
    public void OfOthers_IsStable()
    {
        Assert.Equal("alr_9e4405cd2b027f5f8fb270b462ed3eb6", AlertIds.Of(AlertType.Denied, "acme", null, Day, "1"));
        Assert.Equal("alr_64c797aa3ed864f920f2aa8178f22ff4", AlertIds.Of(AlertType.ChannelDead, "", null, DateOnly.MinValue, "ops"));
    }

    [Fact]
    public void OfWindowOnce_OfUsers_IsOneForAllOfThem_AndNotTheCostCentersOwn()
    {
        var own = AlertIds.OfWindowOnce(AlertType.Denied, "acme", null, Period.Daily, Day);
        var users = AlertIds.OfWindowOnce(AlertType.Denied, "acme", "amy", Period.Daily, Day);

        Assert.Equal(AlertIds.OfWindow(AlertType.Denied, "acme", null, Period.Daily, Day), own);
        Assert.Equal(users, AlertIds.OfWindowOnce(AlertType.Denied, "acme", "bob", Period.Daily, Day));
        Assert.NotEqual(own, users);
    }

    [Fact]
    public void EveryPart_TellsTwoApart()
    {
        string[] ids =
        [
            AlertIds.OfCrossing("acme", null, Period.Daily, Day, 0.7m, 0), AlertIds.OfCrossing("acme/x", null, Period.Daily, Day, 0.7m, 0), AlertIds.OfCrossing("acme", "", Period.Daily, Day, 0.7m, 0),
            AlertIds.OfCrossing("acme", "-", Period.Daily, Day, 0.7m, 0), AlertIds.OfCrossing("acme", null, Period.Weekly, Day, 0.7m, 0),
            AlertIds.OfCrossing("acme", null, Period.Daily, Day.AddDays(1), 0.7m, 0), AlertIds.OfCrossing("acme", null, Period.Daily, Day, 0.700000001m, 0),
            AlertIds.OfCrossing("acme", null, Period.Daily, Day, 0.7m, 1), AlertIds.Of(AlertType.Denied, "acme", null, Day, "1"), AlertIds.Of(AlertType.Denied, "acme", null, Day, "2"),
            AlertIds.Of(AlertType.WindowReset, "acme", null, Day, "1"),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^alr_[0-9a-f]{32}$", id));
        Assert.Equal(ids[0], AlertIds.OfCrossing("acme", null, Period.Daily, Day, 0.70m, 0));
    }
}
