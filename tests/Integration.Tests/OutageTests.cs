using System.Collections.Concurrent;
using System.Diagnostics;
using BudgetEngine.Ledger.Tests;
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
    public async Task Outage_PostgresKilled_LosesNothingAndRecovers()
    {
        using var server = PostgresServer.Start();
        using var store = Store.OnServer(server);
        await RunAsync(store, _ => server.Kill(), _ => server.Restart(), readsFail: true);
    }

    /// <summary>No byte can be written behind the first thousand of any file: what a full disk is to a log that only grows.</summary>
    [PrlimitFact]
    public async Task Outage_SqliteCannotWrite_LosesNothingAndRecovers()
    {
        using var store = Store.NewSqlite();
        await RunAsync(store, e => LimitFiles(e, "1000"), e => LimitFiles(e, "unlimited"), readsFail: false);
    }

    [FullDiskFact]
    public async Task Outage_SqliteDiskFull_LosesNothingAndRecovers()
    {
        using var store = Store.NewSqlite();
        using var disk = SmallDisk.Mount(store.Directory, megabytes: 12);
        await RunAsync(store, _ => disk.Fill(), _ => disk.Free(), readsFail: false);
    }

    private async Task RunAsync(Store store, Action<EngineProcess> breakIt, Action<EngineProcess> mendIt, bool readsFail)
    {
        await using var engine = await EngineProcess.StartAsync(store, PostDeadline);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme/hard", new { daily = 1_000 });
        await caller.SetBudgetAsync("acme/soft", new { daily = 1_000, enforcement = "soft" });
        await caller.SetBudgetAsync("acme/lenient", new { daily = 1_000, on_outage = "allow", on_outage_limit = 5 });
        foreach (var name in (string[])["hard", "soft", "lenient"]) Assert.True((await caller.CheckAsync($"acme/{name}/leaf", 1, ttlSeconds: 1)).Allowed);
        var open = await caller.CheckAsync("acme/hard/leaf", 7);
        var load = new OutageLoad(caller);
        await Eventually.HoldsAsync("100 posts are acknowledged before the outage", () => load.Acknowledged.Count >= 100);

        breakIt(engine);
        var atOnce = await caller.CheckAsync("acme/hard/leaf", 0.001m, ttlSeconds: 1);
        Assert.True(atOnce.Allowed && !atOnce.Body.GetProperty("degraded").GetBoolean(), $"within the grace: {atOnce.Text}");
        var settling = caller.SettleAsync("settle-1", open.ReservationId, 3);
        AssertUnavailable(await caller.ReportAsync("post-1", "acme/hard/leaf", 1));
        AssertUnavailable(await settling);
        if (readsFail) AssertUnavailable(await caller.GetAsync("/v1/usage"));

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
        await Eventually.HoldsAsync("100 posts are acknowledged after the outage", () => load.Acknowledged.Count >= before + 100);
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
        await Eventually.HoldsAsync("nothing is held", async () => (await caller.LimitAsync("acme/hard")).Held == 0);
    }

    private static void AssertUnavailable(Answer answer)
    {
        Assert.True(answer.Status == 503, $"{answer.Status} {answer.Text}");
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

/// <summary>Callers that post and check, and go on after a 503.</summary>
internal sealed class OutageLoad
{
    public const decimal Cost = 0.002m;

    private const int Workers = 6;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _workers;
    private int _ids;
    private int _checks;

    public OutageLoad(Caller caller) => _workers = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => RunAsync(caller)));

    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>Answered 503: repeated later under the same id.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    public int Checks => _checks;

    public static string PathOf(string id) => id.EndsWith('1') ? "acme/soft/leaf" : "acme/hard/leaf";

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _workers;
    }

    private async Task RunAsync(Caller caller)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var id = $"load-{Interlocked.Increment(ref _ids)}";
            var check = await caller.CheckAsync(PathOf(id), 0.001m);
            check.Is(200);
            Interlocked.Increment(ref _checks);
            if (check.Allowed && !check.Body.GetProperty("degraded").GetBoolean()) (await caller.DeleteAsync($"/v1/reservations/{check.ReservationId}")).Is(200);
            var post = await caller.ReportAsync(id, PathOf(id), Cost);
            if (post.Status == 200) Acknowledged.Add(id);
            else if (post.Status == 503) Unknown.Add(id);
            else Assert.Fail(post.Text);
        }
    }
}

/// <summary>A disk of a few megabytes that a test can fill. Only root may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    private string Ballast => Path.Combine(_directory, "ballast");

    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return "Only root may mount a small disk.";
        var directory = Directory.CreateTempSubdirectory("budget-int-disk-").FullName;
        try
        {
            Mount(directory, 1).Dispose();
            return null;
        }
        catch (InvalidOperationException failed)
        {
            return $"A small disk cannot be mounted here: {failed.Message}";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    public static SmallDisk Mount(string directory, int megabytes)
    {
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", directory);
        return new SmallDisk(directory);
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var file = File.Create(Ballast);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "-l", _directory);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(errors.Trim());
    }
}

/// <summary>A test that fills a disk of its own; skipped, saying why, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute() => Skip = SmallDisk.WhyNot();
}
