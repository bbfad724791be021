using System.Diagnostics;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>A ledger goes from SQLite to PostgreSQL and back, while the copy is killed on each way: everything that people can ask is the same afterwards.</summary>
public sealed class CopyTests(ITestOutputHelper output)
{
    private const int Records = 5_000;

    /// <summary>128 and the number of SIGKILL.</summary>
    private const int KilledBySignal = 137;

    /// <summary>What people ask: answers are compared to the letter.</summary>
    private static readonly string[] _questions =
    [
        "/v1/budgets", "/v1/prices", "/v1/keys", "/v1/channels", "/v1/increases", "/v1/alerts", "/v1/audit?limit=500", "/v1/usage?limit=100", "/v1/export/usage", "/v1/prices/missing",
        "/v1/reports/summary", "/v1/budgets/acme/a?user=amy",
    ];

    [PostgresFact]
    public async Task Copy_ToPostgresAndBack_KilledInTheMiddle_LosesNothing()
    {
        using var sqlite = Store.NewSqlite();
        using var postgres = Store.NewPostgres();
        using var back = Store.NewSqlite();
        var held = await FillAsync(sqlite);
        var before = await AskAsync(sqlite, held.Key);

        await CopyAsync(["--data", sqlite.Directory], ["--to-postgres", postgres.Postgres!], "copied usage: 4");
        var moved = await AskAsync(postgres, held.Key);
        AssertSame(before, moved);
        await CopyAsync(["--postgres", postgres.Postgres!], ["--to-data", back.Directory], "compared usage: 4");
        AssertSame(before, await AskAsync(back, held.Key));

        // The reservation is still there, repeats are known, and what comes is counted on.
        await using var engine = await EngineProcess.StartAsync(back);
        using var caller = new Caller(engine.Address, held.Key);
        Assert.Equal("duplicate", (await caller.PostAsync("/v1/usage", RecordOf(1))).Is(200).GetProperty("result").GetString());
        var limit = await caller.LimitAsync("acme", "monthly");
        Assert.Equal(Nano.Of(2), limit.Held);
        Assert.DoesNotContain("no_reservation", (await caller.SettleAsync("late", held.Reservation, 1.5m)).Is(200).GetRawText(), StringComparison.Ordinal);
        var after = await caller.LimitAsync("acme", "monthly");
        Assert.Equal((0, limit.Spent + Nano.Of(1.5m)), (after.Held, after.Spent));
        await caller.AssertConsistentAsync();
    }

    [PostgresFact]
    public async Task Copy_IntoALedgerThatIsInUse_IsRefused_AndOneThatBrokeOffKeepsTheEngineFromStarting()
    {
        using var sqlite = Store.NewSqlite();
        using var postgres = Store.NewPostgres();
        await FillAsync(sqlite);
        await using (var used = await EngineProcess.StartAsync(postgres)) await used.Caller.SetBudgetAsync("acme", new { daily = 1 });

        var refused = await EngineProcess.RunAsync(["copy", "--data", sqlite.Directory, "--to-postgres", postgres.Postgres!]);
        Assert.Equal(1, refused.ExitCode);
        Assert.EndsWith("has rows. Copy into a new database or folder.\n", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await EngineProcess.RunAsync(["copy", "--data", sqlite.Directory])).ExitCode);

        using var broken = Store.NewPostgres();
        Assert.Null(await KilledAsync(["copy", "--data", sqlite.Directory, "--to-postgres", broken.Postgres!], "copied usage"));

        var start = await EngineProcess.RunAsync(["serve", "--postgres", broken.Postgres!]);
        Assert.Equal(1, start.ExitCode);
        Assert.Contains("run the copy command again", start.Errors, StringComparison.Ordinal);
    }

    /// <summary>Something of everything that a ledger keeps.</summary>
    private static async Task<(string Key, string Reservation)> FillAsync(Store store)
    {
        await using var engine = await EngineProcess.StartAsync(store);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme", new { monthly = 100_000, time_zone = "Asia/Ho_Chi_Minh", durable_holds = true });
        await caller.SetBudgetAsync("acme/a", new { daily = 50, per_user = new { daily = 20 }, thresholds = new[] { new { at = 0.01m, level = "warning" } } });
        (await caller.PutAsync("/v1/budgets/acme/a?user=amy", new { daily = 9 })).Is(201);
        (await caller.PutAsync("/v1/prices/m", new { input = 2, output = 8, aliases = new[] { "n" } })).Is(201);
        (await caller.PutAsync("/v1/channels/ops", new { type = "slack", under = "acme", types = new[] { "channel.dead" }, url = "https://hooks.example.com/x" })).Is(201);
        (await caller.PutAsync("/v1/increases/i1", new { cost_center = "acme/a", period = "daily", amount = 5, until = "2999-01-01T00:00:00Z" })).Is(201);
        (await caller.PostAsync("/v1/pause", new { cost_center = "acme/a", user = "carl", reason = "once" })).Is(200);
        foreach (var chunk in Enumerable.Range(0, Records).Chunk(4_000))
        {
            (await caller.PostNdJsonAsync("/v1/usage", chunk.Select(RecordOf))).Is(200);
        }

        (await caller.PostAsync("/v1/usage/corrections", new { request_id = "c1", corrects = "r7", cost_center = "acme", amount = -0.001m, reason = "refund" })).Is(200);
        var reservation = (await caller.CheckAsync("acme/c", 2, "held", ttlSeconds: 3_600)).Is(200).GetProperty("reservation_id").GetString()!;
        var key = (await caller.PostAsync("/v1/keys", new { name = "root", scopes = new[] { "admin" } })).Is(201).GetProperty("key").GetString()!;
        await engine.StopAsync();
        return (key, reservation);
    }

    private static object RecordOf(int i) => new
    {
        request_id = $"r{i}", cost_center = $"acme/{(char)('a' + (i % 3))}", user = i % 2 == 0 ? "amy" : "bob", model = i % 5 == 0 ? "unknown" : "m", input_tokens = i, cost = i / 1_000m,
        tags = new { feature = $"é{i % 4}" }, latency_ms = i % 90, status = i % 7 == 0 ? "error" : "success", error_message = i % 7 == 0 ? "a 'quoted'\nline" : "",
    };

    private static async Task<Dictionary<string, string>> AskAsync(Store store, string key)
    {
        await using var engine = await EngineProcess.StartAsync(store);
        using var caller = new Caller(engine.Address, key);
        await caller.AssertConsistentAsync();
        var answers = new Dictionary<string, string>();
        foreach (var question in _questions)
        {
            var answer = await caller.GetAsync(question);
            Assert.True(answer.Status == 200, $"{question}: {answer.Status} {answer.Text}");
            answers[question] = answer.Text;
        }

        await engine.StopAsync();
        return answers;
    }

    private static void AssertSame(Dictionary<string, string> before, Dictionary<string, string> after)
    {
        foreach (var question in _questions) Assert.True(before[question] == after[question], $"{question}\n{Differing(before[question], after[question])}");
    }

    private static string Differing(string a, string b)
    {
        var at = a.Zip(b).TakeWhile(p => p.First == p.Second).Count();
        return $"before: …{a[Math.Max(0, at - 200)..Math.Min(a.Length, at + 200)]}\nafter:  …{b[Math.Max(0, at - 200)..Math.Min(b.Length, at + 200)]}";
    }

    /// <summary>Killed when it says the line, then run to its end. On a busy machine it may come to its end before the kill does: then that is its end.</summary>
    private async Task CopyAsync(string[] from, string[] to, string line)
    {
        var ended = await KilledAsync(["copy", .. from, .. to], line);
        output.WriteLine($"{line}: {(ended is null ? "killed" : "it ended")}");
        AssertWhole(ended ?? await EngineProcess.RunAsync(["copy", .. from, .. to]));
    }

    private static void AssertWhole(EndedRun run)
    {
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("every row was compared", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Killed when it says the line: null; how it ended when its end came first.</summary>
    private static async Task<EndedRun?> KilledAsync(string[] arguments, string line)
    {
        var start = new ProcessStartInfo("dotnet", [EngineProcess.Program, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var errors = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } told)
        {
            errors.Add(told);
            if (told.StartsWith(line, StringComparison.Ordinal)) process.Kill();
        }

        await process.WaitForExitAsync();
        return process.ExitCode == KilledBySignal ? null : new EndedRun(process.ExitCode, await said, string.Join('\n', errors));
    }
}
