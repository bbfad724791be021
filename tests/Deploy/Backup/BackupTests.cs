using System.Globalization;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Npgsql;

namespace BudgetEngine.Deploy.Backup;

/// <summary>
/// Backup and restore as docs/operations.md tells it: taken while records are being posted, restored into an empty store, and an engine started on it. Everything
/// that was acknowledged before the backup began is there, once, and every balance is the sum of its rows.
/// </summary>
public sealed class BackupTests
{
    private const int Workers = 6;
    private const int RecordsBefore = 400;
    private const int PostedAgain = 200;

    /// <summary>As if the backup came from a server that has written far more than the one it is restored on.</summary>
    private const string OfABusierServer =
        """
        update budget.usage set transaction_id = (transaction_id::text::bigint + 5000000)::text::xid8;
        update budget.model_spend_cursor set transaction_id = (transaction_id::text::bigint + 5000000)::text::xid8;
        update budget.usage_days_cursor set transaction_id = (transaction_id::text::bigint + 5000000)::text::xid8
        """;

    [ToolFact("pg_dump")]
    public async Task Postgres_DumpedUnderLoadAndRestored_HasWhatWasAcknowledged()
    {
        using var server = PostgresServer.Start(fsync: false);
        using var store = Store.OnServer(server);
        using var restored = Store.OnServer(server);
        var folder = Files.NewFolder();
        try
        {
            var dump = Path.Combine(folder.FullName, "budget.dump");
            await RunAsync(
                store, restored,
                () => Tool.SucceedAsync("pg_dump", "--format=custom", $"--file={dump}", $"--dbname={Uri(store)}"),
                async () =>
                {
                    await Tool.SucceedAsync("pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", $"--dbname={Uri(restored)}", dump);
                    await restored.ExecuteAsync(OfABusierServer);
                });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Sqlite_CopiedUnderLoad_HasWhatWasAcknowledged()
    {
        using var store = Store.NewSqlite();
        using var restored = Store.NewSqlite();
        await RunAsync(store, restored, () => store.ExecuteAsync($"vacuum into '{Path.Combine(restored.Directory, "ledger.db")}'"), () => Task.CompletedTask);
    }

    private static async Task RunAsync(Store store, Store restored, Func<Task> backUp, Func<Task> restore)
    {
        var traffic = new CrashTraffic();
        HashSet<string> before;
        await using (var engine = await EngineProcess.StartAsync(store))
        {
            await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
            using var stop = new CancellationTokenSource();
            var workers = Enumerable.Range(1, Workers).Select(seed => traffic.RunAsync(engine.Caller, new Random(seed), stop.Token)).ToList();
            await Eventually.HoldsAsync($"{RecordsBefore} records are acknowledged", () => traffic.Acknowledged >= RecordsBefore, 60);
            before = [.. traffic.Sent.Values.Where(s => s.Acknowledged).Select(s => s.Id)];
            await backUp();
            var after = traffic.Acknowledged;
            await Eventually.HoldsAsync("the load went on after the backup", () => traffic.Acknowledged > after);
            await stop.CancelAsync();
            await Task.WhenAll(workers);
        }

        await restore();
        await using var again = await EngineProcess.StartAsync(restored);
        await again.Caller.AssertConsistentAsync();
        var rows = await again.Caller.ExportAsync();
        var kept = rows.Select(r => r.RequestId).ToHashSet();
        Assert.Equal(rows.Count, kept.Count);
        Assert.Empty(before.Except(kept));
        Books.AssertEqual(Books.Of(rows), await restored.ReadBalancesAsync());
        await PostAgainAsync(again.Caller, traffic, kept);
        // Also what is written after the restore is rolled up.
        await Eventually.HoldsAsync("the roll-ups have every record", async () => Nano.Of((await again.Caller.GetAsync("/v1/reports/models?cost_center=acme")).Is(200).GetProperty("unattributed")) == 0);
    }

    /// <summary>What was acknowledged after the backup is posted again by its senders: what is there counts once, what is not is recorded.</summary>
    private static async Task PostAgainAsync(Caller caller, CrashTraffic traffic, HashSet<string> kept)
    {
        var plain = traffic.Sent.Values.Where(s => s.Acknowledged && !s.Record.ContainsKey("reservation_id")).ToLookup(s => kept.Contains(s.Id));
        foreach (var sent in plain[true].Take(PostedAgain).Concat(plain[false].Take(PostedAgain)))
        {
            var answer = await caller.PostAsync("/v1/usage", sent.Record);
            answer.Is(200);
            Assert.Equal(kept.Contains(sent.Id) ? "duplicate" : "recorded", answer.Result);
        }

        await caller.AssertConsistentAsync();
    }

    private static string Uri(Store store)
    {
        var database = new NpgsqlConnectionStringBuilder(store.Postgres);
        return string.Create(CultureInfo.InvariantCulture, $"postgresql://{database.Username}@{database.Host}:{database.Port}/{database.Database}");
    }
}
