using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.Integration.Tests.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// Invariant 2: random traffic of every kind, on both sides of a midnight that also ends a month. Afterwards the rows are exactly those that were
/// acknowledged, and every balance is the sum of its rows as this test adds them up.
/// </summary>
public sealed class ConservationTests(ITestOutputHelper output)
{
    private const int Workers = 10;
    private const int Turns = 40;

    /// <summary>Midnight in Saigon, between 28 February and 1 March.</summary>
    private static readonly DateTimeOffset _midnight = new(2027, 2, 28, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task RandomTraffic_Sqlite_BalancesAreTheSumsOfTheAcknowledgedRows() => RunAsync(postgres: false);

    [PostgresFact]
    public Task RandomTraffic_Postgres_BalancesAreTheSumsOfTheAcknowledgedRows() => RunAsync(postgres: true);

    private async Task RunAsync(bool postgres)
    {
        var random = Seed.NewRandom(output);
        using var store = Store.New(postgres);
        var clock = new SetClock(_midnight.AddMinutes(-30));
        await using var engine = await EngineHost.StartAsync(store, clock);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme", new { monthly = 1_000_000, time_zone = "Asia/Ho_Chi_Minh" });
        await caller.SetBudgetAsync("acme/d1", new { daily = 100_000, per_user = new { daily = 50_000 } });
        await caller.SetBudgetAsync("acme/d2", new { total = 900_000, per_child = new { weekly = 400_000 }, durable_holds = true });
        var traffic = new MixedTraffic(caller, clock);

        await RunWorkersAsync(traffic, random);
        clock.Now = _midnight.AddMilliseconds(1);
        await RunWorkersAsync(traffic, random);
        await traffic.SettleRestAsync();

        var rows = await caller.ExportAsync();
        output.WriteLine($"{rows.Count} rows; {string.Join(", ", traffic.Counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"))}");
        output.WriteLine(string.Join(", ", rows.SelectMany(r => r.Flags).GroupBy(f => f).Select(g => $"{g.Count()} {g.Key}")));
        Assert.Equal(traffic.Booked.Values.OrderBy(r => r.Id), rows.Select(r => new BookedRecord(r.RequestId, r.CostCenter, r.User, r.Cost, r.BookedDate)).OrderBy(r => r.Id));
        Books.AssertEqual(Books.Of(rows, "acme/d1"), await store.ReadBalancesAsync());
        Assert.Equal(rows.Count, await caller.AssertConsistentAsync());
        await AssertLiveAsync(caller, rows);
    }

    private static Task RunWorkersAsync(MixedTraffic traffic, Random random) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => traffic.RunAsync(new Random(random.Next()), Turns)));

    private static async Task AssertLiveAsync(Caller caller, List<Row> rows)
    {
        var (today, month) = (new DateOnly(2027, 3, 1), new DateOnly(2027, 3, 1));
        var books = Books.Of(rows);
        foreach (var path in rows.SelectMany(r => Books.SelfAndAncestors(r.CostCenter)).Distinct())
        {
            var node = await caller.CostCenterAsync(path);
            var (day, whole) = (books.GetValueOrDefault(new(path, "", false, today)), books.GetValueOrDefault(new(path, "", true, month)));
            Assert.Equal((path, day.Spent, whole.Spent, day.Requests), (path, Nano.Of(node.GetProperty("spent_today")), Nano.Of(node.GetProperty("spent_month")), node.GetProperty("requests_today").GetInt64()));
            // Ancestors keep the hold of what has expired 5 s longer than its owner.
            await Eventually.HoldsAsync($"nothing is held for {path}", async () =>
                (await caller.LimitsAsync(path)).All(w => w.Held == 0)
                && (await caller.CostCenterAsync(path)).GetProperty("reservations").GetProperty("open").GetInt32() == 0);
        }
    }
}
