using System.Globalization;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Integration.Tests;

/// <summary>Section 5 over HTTP, at instants that the test chooses.</summary>
public sealed class TimeTests : IAsyncLifetime
{
    private readonly Store _store = Store.NewSqlite();
    private readonly SetClock _clock = new(At("2027-01-01T00:00:00Z"));
    private EngineHost _engine = null!;

    private Caller Caller => _engine.Caller;

    public async Task InitializeAsync() => _engine = await EngineHost.StartAsync(_store, _clock);

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _store.Dispose();
    }

    /// <summary>The last two: the day that winter time makes 25 hours long, and the one that summer time makes 23.</summary>
    [Theory]
    [InlineData("Asia/Ho_Chi_Minh", "2027-03-09T17:00:00Z", "2027-03-09")]
    [InlineData("America/New_York", "2027-11-08T05:00:00Z", "2027-11-07")]
    [InlineData("America/New_York", "2027-03-15T04:00:00Z", "2027-03-14")]
    public async Task Check_OneMillisecondAroundLocalMidnight_UsesTheOldAndTheNewWindow(string zone, string midnight, string oldDate)
    {
        _clock.Now = At(midnight).AddHours(-2);
        await Caller.SetBudgetAsync("acme", new { daily = 10, time_zone = zone });
        (await Caller.ReportAsync("spent", "acme/leaf", 9)).Is(200);

        _clock.Now = At(midnight).AddMilliseconds(-1);
        var before = await Caller.CheckAsync("acme/leaf", 2);
        Assert.Equal("budget_exceeded", before.Reason);
        Assert.Equal(At(midnight), before.Body.GetProperty("blocked_by").GetProperty("resets_at").GetDateTimeOffset());
        var last = await Caller.CheckAsync("acme/leaf", 1);
        Assert.True(last.Allowed, last.Text);
        (await Caller.ReportAsync("at-the-end", "acme/leaf", 0.25m)).Is(200);

        _clock.Now = At(midnight).AddMilliseconds(1);
        Assert.True((await Caller.CheckAsync("acme/leaf", 9)).Allowed);
        Assert.Equal("budget_exceeded", (await Caller.CheckAsync("acme/leaf", 2)).Reason);
        // A settle after midnight of what was reserved before counts before.
        var settled = await Caller.SettleAsync("settle", last.ReservationId, 0.5m);
        settled.Is(200);
        Assert.Equal(["late"], settled.Flags);
        (await Caller.ReportAsync("new", "acme/leaf", 0.125m)).Is(200);
        var rows = (await Caller.ExportAsync()).ToDictionary(r => r.RequestId, r => r.BookedDate);
        var (day, next) = (DateOf(oldDate), DateOf(oldDate).AddDays(1));
        Assert.Equal((day, day, day, next), (rows["spent"], rows["at-the-end"], rows["settle"], rows["new"]));
        Assert.Equal(Nano.Of(0.125m), (await Caller.LimitAsync("acme")).Spent);
        await Caller.AssertConsistentAsync();
    }

    [Fact]
    public async Task ZoneChange_TakesEffectAtTheEndOfTheCurrentDay()
    {
        _clock.Now = At("2027-06-10T10:00:00Z");
        await Caller.SetBudgetAsync("acme", new { daily = 10 });
        (await Caller.ReportAsync("r-1", "acme/leaf", 10)).Is(200);
        await Caller.SetBudgetAsync("acme", new { daily = 10, time_zone = "Asia/Ho_Chi_Minh" });

        // Midnight in Saigon is not yet a boundary.
        _clock.Now = At("2027-06-10T17:00:00Z");
        var denied = await Caller.CheckAsync("acme/leaf", 1);
        Assert.Equal("budget_exceeded", denied.Reason);
        Assert.Equal(At("2027-06-11T00:00:00Z"), denied.Body.GetProperty("blocked_by").GetProperty("resets_at").GetDateTimeOffset());

        // The next date begins where the old day ended, and ends with the first midnight of the new zone.
        _clock.Now = At("2027-06-11T00:00:00Z");
        (await Caller.ReportAsync("r-2", "acme/leaf", 10)).Is(200);
        denied = await Caller.CheckAsync("acme/leaf", 1);
        Assert.Equal(At("2027-06-11T17:00:00Z"), denied.Body.GetProperty("blocked_by").GetProperty("resets_at").GetDateTimeOffset());
        _clock.Now = At("2027-06-11T17:00:00Z");
        Assert.True((await Caller.CheckAsync("acme/leaf", 10)).Allowed);
        (await Caller.ReportAsync("r-3", "acme/leaf", 1)).Is(200);
        // Earlier timestamps use the zone of their time: 20:00 UTC of the 9th was the 9th then.
        (await Caller.PostAsync("/v1/usage", new { request_id = "r-0", cost_center = "acme/leaf", cost = 1, timestamp = "2027-06-09T20:00:00Z" })).Is(200);

        var rows = (await Caller.ExportAsync()).ToDictionary(r => r.RequestId, r => r.BookedDate);
        Assert.Equal(DateOf("2027-06-09"), rows["r-0"]);
        Assert.Equal((DateOf("2027-06-10"), DateOf("2027-06-11"), DateOf("2027-06-12")), (rows["r-1"], rows["r-2"], rows["r-3"]));
    }

    [Theory]
    [InlineData("2027-04-30", "2027-05-01")]
    [InlineData("2027-12-31", "2028-01-01")]
    [InlineData("2027-02-28", "2027-03-01")]
    [InlineData("2028-02-29", "2028-03-01")]
    public async Task MonthlyLimit_AtTheEndOfTheMonth_BeginsAnew(string lastDay, string nextMonth)
    {
        _clock.Now = At(lastDay + "T12:00:00Z");
        await Caller.SetBudgetAsync("acme", new { monthly = 10 });
        (await Caller.ReportAsync("r-1", "acme/leaf", 10)).Is(200);
        _clock.Now = At(nextMonth + "T00:00:00Z").AddMilliseconds(-1);
        var denied = await Caller.CheckAsync("acme/leaf", 1);
        Assert.Equal(At(nextMonth + "T00:00:00Z"), denied.Body.GetProperty("blocked_by").GetProperty("resets_at").GetDateTimeOffset());
        _clock.Now = At(nextMonth + "T00:00:00Z");
        Assert.True((await Caller.CheckAsync("acme/leaf", 10)).Allowed);
        Assert.Equal(0, Nano.Of((await Caller.CostCenterAsync("acme/leaf")).GetProperty("spent_month")));
        Assert.Equal(DateOf(lastDay), (await Caller.ExportAsync()).Single().BookedDate);
    }

    [Fact]
    public async Task DailyLimit_OnTheLeapDay_HasADayOfItsOwn()
    {
        _clock.Now = At("2028-02-28T23:59:59.999Z");
        await Caller.SetBudgetAsync("acme", new { daily = 1, weekly = 3 });
        for (var day = 28; day <= 30; day++)
        {
            (await Caller.ReportAsync($"r-{day}", "acme/leaf", 1)).Is(200);
            Assert.Equal("budget_exceeded", (await Caller.CheckAsync("acme/leaf", 0.5m)).Reason);
            _clock.Now = (day == 28 ? At("2028-02-29T00:00:00Z") : At("2028-03-01T00:00:00Z"));
        }

        // Monday 28 February to 1 March: three days of one week, which is spent now.
        var dates = (await Caller.ExportAsync()).Select(r => r.BookedDate).Order();
        Assert.Equal([DateOf("2028-02-28"), DateOf("2028-02-29"), DateOf("2028-03-01")], dates);
        _clock.Now = At("2028-03-02T00:00:00Z");
        var denied = await Caller.CheckAsync("acme/leaf", 0.5m);
        Assert.Equal("weekly", denied.Body.GetProperty("blocked_by").GetProperty("period").GetString());
        Assert.Equal(At("2028-03-06T00:00:00Z"), denied.Body.GetProperty("blocked_by").GetProperty("resets_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Increase_AtItsInstant_EndsAndRevokesNothing()
    {
        _clock.Now = At("2027-06-10T10:00:00Z");
        await Caller.SetBudgetAsync("acme", new { daily = 10 });
        (await Caller.PutAsync("/v1/increases/launch", new { cost_center = "acme", period = "daily", amount = 5, until = "2027-06-10T12:00:00Z", reason = "launch" })).Is(201);

        _clock.Now = At("2027-06-10T12:00:00Z").AddMilliseconds(-1);
        Assert.Equal(15 * Nano.PerUnit, (await Caller.LimitAsync("acme")).Limit);
        var held = await Caller.CheckAsync("acme/leaf", 12);
        Assert.True(held.Allowed, held.Text);
        _clock.Now = At("2027-06-10T12:00:00Z");
        Assert.Equal(10 * Nano.PerUnit, (await Caller.LimitAsync("acme")).Limit);
        Assert.Equal("budget_exceeded", (await Caller.CheckAsync("acme/leaf", 0.5m)).Reason);
        (await Caller.SettleAsync("r-1", held.ReservationId, 9)).Is(200);
        Assert.True((await Caller.CheckAsync("acme/leaf", 1)).Allowed);
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private static DateOnly DateOf(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
