using System.Diagnostics;
using System.Runtime.CompilerServices;
using BudgetEngine.Integration.Tests.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>Section 7 over HTTP: the ledger goes away under load and comes back; nothing acknowledged is lost, and the engine recovers by itself.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    /// <summary>A shorter wait for usage than the 10 s by default: the same rule, a faster test. The grace is the default of 5 s.</summary>
    private const string PostDeadline = "--Ledger:PostDeadline=00:00:03";

    [PostgresFact]
    public async Task Outage_PostgresStopped_LosesNothingAndRecovers()
    {
        using var server = PostgresServer.Start();
        using var store = Store.OnServer(server);
        await RunAsync(store, _ => server.Stop(), _ => server.Restart(), readsFail: true);
    }

    [PostgresFact]
    public async Task Outage_PostgresRestarted_TheEngineStillWorksOnItAlone()
    {
        using var server = PostgresServer.Start();
        using var store = Store.OnServer(server);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme", new { daily = 10 });
        server.Kill();
        server.Restart();
        await Eventually.HoldsAsync("a post is recorded again", async () => (await engine.Caller.ReportAsync("r-1", "acme/leaf", 1)).Status == 200);

        // The lock was the lost session's; a second process must not get in through the gap.
        var second = await EngineProcess.RunAsync([.. store.Arguments, "--urls", $"http://127.0.0.1:{FreePort.Next()}"]);
        Assert.True(second.ExitCode == 1 && second.Errors.Contains("Another process", StringComparison.Ordinal), second.ToString());
    }

    [PostgresFact]
    public async Task Outage_PostgresKilled_LosesNothingAndRecovers()
    {
        using var server = PostgresServer.Start();
        using var store = Store.OnServer(server);
        await RunAsync(store, _ => server.Kill(), _ => server.Restart(), readsFail: true);
    }

    /// <summary>No byte can be written behind the first thousand of any file: what a full disk is to a log that only grows.</summary>
    [ToolFact("prlimit")]
    public async Task Outage_SqliteCannotWrite_LosesNothingAndRecovers()
    {
        using var store = Store.NewSqlite();
        await RunAsync(store, e => LimitFiles(e, "1000"), e => LimitFiles(e, "unlimited"), readsFail: false);
    }

    [FullDiskFact]
    public async Task Outage_SqliteDiskFull_LosesNothingAndRecovers()
    {
        using var store = Store.NewSqlite();
        // More than the 64 MB that SQLite's log may take before it is folded in: a smaller disk stays full by the log alone.
        using var disk = SmallDisk.Mount(store.Directory, megabytes: 100);
        await RunAsync(store, _ => disk.Fill(), _ => disk.Free(), readsFail: false);
    }

    private async Task RunAsync(Store store, Action<EngineProcess> breakIt, Action<EngineProcess> mendIt, bool readsFail)
    {
        await using var engine = await EngineProcess.StartAsync(store, PostDeadline);
        try
        {
            await RunAsync(store, engine, breakIt, mendIt, readsFail);
        }
        catch
        {
            output.WriteLine($"the engine wrote:\n{engine.Output}");
            throw;
        }
    }

    private async Task RunAsync(Store store, EngineProcess engine, Action<EngineProcess> breakIt, Action<EngineProcess> mendIt, bool readsFail)
    {
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme/hard", new { daily = 1_000 });
        await caller.SetBudgetAsync("acme/durable", new { daily = 1_000, durable_holds = true });
        await caller.SetBudgetAsync("acme/soft", new { daily = 1_000, enforcement = "soft" });
        await caller.SetBudgetAsync("acme/lenient", new { daily = 1_000, on_outage = "allow", on_outage_limit = 5 });
        foreach (var name in (string[])["hard", "durable", "soft", "lenient"]) Assert.True((await caller.CheckAsync($"acme/{name}/leaf", 1, ttlSeconds: 1)).Allowed);
        var open = await caller.CheckAsync("acme/hard/leaf", 7);
        var load = new OutageLoad(caller);
        await Eventually.HoldsAsync("100 posts are acknowledged before the outage", () => load.Has(0, 100));

        breakIt(engine);
        var atOnce = await caller.CheckAsync("acme/hard/leaf", 0.001m, ttlSeconds: 1);
        Assert.True(atOnce.Allowed && !atOnce.Body.GetProperty("degraded").GetBoolean(), $"within the grace: {atOnce.Text}");
        var settling = caller.SettleAsync("settle-1", open.ReservationId, 3);
        AssertUnavailable(await caller.ReportAsync("post-1", "acme/hard/leaf", 1));
        AssertUnavailable(await settling);
        // What must be in the ledger before the answer is denied at once, without any grace.
        AssertDegraded(await caller.CheckAsync("acme/durable/leaf", 1), allowed: false);
        AssertUnavailable(await caller.PutAsync("/v1/budgets/acme/new", new { daily = 1 }));
        if (readsFail)
        {
            foreach (var path in (string[])["/v1/usage", "/v1/export/usage", "/v1/cost-centers", "/v1/consistency", "/v1/budgets?under=acme", "/v1/audit"]) AssertUnavailable(await caller.GetAsync(path));
            AssertUnavailable(await caller.PostAsync("/v1/usage/corrections", new { request_id = "c-1", corrects = "load-1", amount = -0.001m }));
        }

        var denied = await Eventually.GetAsync("a hard budget denies after the grace", async () => await caller.CheckAsync("acme/hard/leaf", 0.001m, ttlSeconds: 1) is { Allowed: false } d ? d : null);
        Assert.Equal("ledger_unavailable", denied.Reason);
        AssertDegraded(await caller.CheckAsync("acme/soft/leaf", 1), allowed: true);
        AssertDegraded(await caller.CheckAsync("acme/lenient/leaf", 3), allowed: true);
        // The limit of 5 for what is allowed during an outage.
        AssertDegraded(await caller.CheckAsync("acme/lenient/leaf", 3), allowed: false);
        if (readsFail) AssertDegraded(await caller.CheckAsync("acme/lenient/never-seen", 1), allowed: false);
        Assert.Equal("degraded", await caller.ReadyAsync());
        Assert.Equal(200, (await caller.GetAsync("/health/ready")).Status);

        mendIt(engine);
        await Eventually.HoldsAsync("a hard budget allows again", async () => (await caller.CheckAsync("acme/hard/leaf", 0.001m, ttlSeconds: 1)).Allowed);
        await Eventually.HoldsAsync("the engine is ready again", async () => await caller.ReadyAsync() == "ready");
        var before = load.Acknowledged.Count;
        await Eventually.HoldsAsync("100 posts are acknowledged after the outage", () => load.Has(before, 100));
        await load.StopAsync();
        await VerifyAsync(store, caller, load, open.ReservationId);
    }

    private async Task VerifyAsync(Store store, Caller caller, OutageLoad load, string open)
    {
        var settled = await caller.SettleAsync("settle-1", open, 3);
        settled.Is(200);
        Assert.Empty(settled.Flags);
        (await caller.ReportAsync("post-1", "acme/hard/leaf", 1)).Is(200);
        foreach (var id in load.Unknown) (await caller.ReportAsync(id, OutageLoad.PathOf(id), OutageLoad.Cost)).Is(200);

        var rows = await caller.ExportAsync();
        Assert.Equal(rows.Count, rows.DistinctBy(r => r.RequestId).Count());
        var ids = rows.Select(r => r.RequestId).ToHashSet();
        var lost = load.Acknowledged.Where(id => !ids.Contains(id)).ToList();
        output.WriteLine($"{load.Acknowledged.Count} acknowledged, {load.Unknown.Count} answered 503 and repeated, {load.Checks} checks, {lost.Count} lost");
        Assert.Empty(lost);
        Assert.NotEmpty(load.Unknown);
        Assert.Equal(load.Acknowledged.Union(load.Unknown).Append("settle-1").Append("post-1").Order(), ids.Order());
        Books.AssertEqual(Books.Of(rows), await store.ReadBalancesAsync());
        await caller.AssertConsistentAsync();
        foreach (var name in (string[])["hard", "durable", "soft", "lenient"])
        {
            await Eventually.HoldsAsync($"nothing is held at {name}", async () => (await caller.LimitAsync($"acme/{name}")).Held == 0);
        }
    }

    private static void AssertUnavailable(Answer answer, [CallerArgumentExpression(nameof(answer))] string? call = null)
    {
        Assert.True(answer.Status == 503, $"{call}: {answer.Status} {answer.Text}");
        Assert.Equal("ledger_unavailable", answer.Code);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static void AssertDegraded(Answer check, bool allowed)
    {
        Assert.True(check.Allowed == allowed, check.Text);
        if (!allowed) Assert.Equal("ledger_unavailable", check.Reason);
        Assert.True(check.Body.GetProperty("degraded").GetBoolean() == allowed, check.Text);
        Assert.Null(check.Body.GetProperty("reservation_id").GetString());
    }

    private static void LimitFiles(EngineProcess engine, string bytes)
    {
        using var prlimit = Process.Start("/usr/bin/prlimit", ["--pid", $"{engine.Id}", $"--fsize={bytes}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
