using BudgetEngine.Cli.Tests.Harness;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary>Records into the engine, out of it, and as they happen.</summary>
[Collection(nameof(CliStand))]
public sealed class RecordCommandTests(CliStand stand)
{
    [Fact]
    public async Task ImportThenExport_OfManyRecords_GivesThemBackOnce()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var (source, target) = (Path.Combine(stand.Folder, "in.ndjson"), Path.Combine(stand.Folder, "out.ndjson"));
        await File.WriteAllLinesAsync(source, Enumerable.Range(0, 2_500).Select(i => $$"""{ "request_id": "cli-{{i}}", "cost_center": "{{costCenter}}", "cost": 0.001, "model": "m" }"""));
        Assert.Contains("2,500 recorded, 0 were there already, 0 rejected", (await stand.RunAsync("import", source)).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("0 recorded, 2,500 were there already", (await stand.RunAsync("import", source)).Ended(0).Output, StringComparison.Ordinal);
        (await stand.RunAsync("export", costCenter, "-o", target)).Ended(0);
        Assert.Equal(2_500, (await File.ReadAllLinesAsync(target)).Length);
        Assert.False(File.Exists(target + ".part"));
        Assert.Equal(2_500, (await stand.RunAsync("export", costCenter)).Ended(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2_500_000_000, (await stand.Priced.LimitOfAsync(costCenter)).Spent);
    }

    [Fact]
    public async Task Import_WithABadRecord_NamesItAndTakesTheRest()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var source = Path.Combine(stand.Folder, "bad.ndjson");
        await File.WriteAllTextAsync(source, $$"""
            { "request_id": "good-{{costCenter}}", "cost_center": "{{costCenter}}", "cost": 1 }

            { "cost_center": "{{costCenter}}", "cost": "much" }
            """);
        var run = (await stand.RunAsync("import", source)).Ended(1);
        Assert.Contains("1 recorded, 0 were there already, 1 rejected", run.Output, StringComparison.Ordinal);
        Assert.Contains("request_id", run.Errors, StringComparison.Ordinal);
        Assert.Contains("cost", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_ByCost_ShowsTheDearest()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        foreach (var cost in (decimal[])[0.5m, 2.5m, 1.5m]) (await stand.Priced.Caller.ReportAsync($"u-{costCenter}-{cost}", costCenter, cost)).Is(200);
        var lines = (await stand.RunAsync("usage", costCenter, "--dearest", "--most", "2", "--json")).Ended(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"cost\":2.5", lines[0], StringComparison.Ordinal);
        Assert.Contains("2.5", (await stand.RunAsync("usage", costCenter)).Ended(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_WhileRecordsCome_ShowsThem()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var stopping = new CancellationTokenSource();
        // The stream may open after any one of them, so they go on until it has shown something. That the cost center is new is one of the events.
        var traffic = Task.Run(async () =>
        {
            for (var i = 0; !stopping.IsCancellationRequested; i++)
            {
                (await stand.Priced.Caller.ReportAsync($"t-{costCenter}-{i}", costCenter, 0.01m)).Is(200);
                await Task.Delay(100);
            }
        });
        var run = await stand.RunAsync("tail", costCenter, "--count", "3");
        await stopping.CancelAsync();
        await traffic;
        Assert.Contains("spend", run.Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains(costCenter, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PricesImport_DryThenReal_ShowsWhatChanges()
    {
        var model = $"m-{Guid.NewGuid():n}"[..12];
        var list = Path.Combine(stand.Folder, $"{model}.json");
        await File.WriteAllTextAsync(list, $$"""{ "{{model}}": { "input_cost_per_token": 0.000002, "output_cost_per_token": 0.000008, "litellm_provider": "openai", "mode": "chat" } }""");
        Assert.Contains("nothing was written", (await stand.RunAsync("prices", "import", list, "--dry-run")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("1 added", (await stand.RunAsync("prices", "import", list)).Ended(0).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(list, $$"""{ "{{model}}": { "input_cost_per_token": 0.0000025, "output_cost_per_token": 0.000008, "litellm_provider": "openai", "mode": "chat" } }""");
        var changed = (await stand.RunAsync("prices", "import", list, "--dry-run")).Ended(0).Output;
        Assert.Contains("2 → 2.5", changed, StringComparison.Ordinal);
        Assert.Contains("0 added, 1 changed", changed, StringComparison.Ordinal);
        Assert.Contains(model, (await stand.RunAsync("prices", "list", model)).Ended(0).Output, StringComparison.Ordinal);
        (await stand.RunAsync("prices", "missing")).Ended(0);
    }

    [Fact]
    public async Task Reconcile_AgainstAnInvoice_NamesWhatDiffers()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var day = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach (var (id, cost) in ((string, decimal)[])[("same", 1m), ("dear", 2m), ("extra", 0.5m)]) (await stand.Priced.Caller.ReportAsync($"{id}-{costCenter}", costCenter, cost)).Is(200);
        var invoice = Path.Combine(stand.Folder, "invoice.csv");
        await File.WriteAllTextAsync(invoice, $"request_id,cost\nsame-{costCenter},1\ndear-{costCenter},2.5\nunknown-{costCenter},4\n");
        string[] range = ["--from", Day(day.AddDays(-1)), "--to", Day(day.AddDays(2)), "--under", costCenter];
        var run = (await stand.RunAsync(["reconcile", invoice, .. range])).Ended(2);
        Assert.Contains("on the invoice, not recorded: 1, 4 in all", run.Output, StringComparison.Ordinal);
        Assert.Contains("recorded, not on the invoice: 1, -0.5 in all", run.Output, StringComparison.Ordinal);
        Assert.Contains("at another price: 1, 0.5 in all", run.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(invoice, $"request_id,cost\nsame-{costCenter},1\ndear-{costCenter},2\nextra-{costCenter},0.5\n");
        Assert.Contains("3 agree", (await stand.RunAsync(["reconcile", invoice, .. range])).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("--from", (await stand.RunAsync("reconcile", invoice)).Ended(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reprice_AfterAPriceCame_ShowsAndBooksTheDifference()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var model = $"new-{costCenter.Replace('/', '-')}";
        (await stand.Priced.Caller.PostAsync("/v1/usage", new { request_id = $"re-{costCenter}", cost_center = costCenter, model, input_tokens = 1_000_000, output_tokens = 0 })).Is(200);
        var before = (await stand.Priced.LimitOfAsync(costCenter)).Spent;
        Assert.True((await stand.Priced.Caller.PutAsync($"/v1/prices/{model}", new { input = 7, output = 1, effective_from = "2020-01-01T00:00:00Z" })).Status is 200 or 201);
        string[] order = ["prices", "reprice", "--from", Day(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1)), "--under", costCenter];
        Assert.Contains("1 of 1 records would change", (await stand.RunAsync([.. order, "--dry-run"])).Ended(0).Output, StringComparison.Ordinal);
        Assert.Equal(before, (await stand.Priced.LimitOfAsync(costCenter)).Spent);
        Assert.Contains("done: 1 of 1 records changed", (await stand.RunAsync([.. order, "--reason", "the price list was late"])).Ended(0).Output, StringComparison.Ordinal);
        Assert.Equal(7_000_000_000, (await stand.Priced.LimitOfAsync(costCenter)).Spent);
    }

    private static string Day(DateTime at) => at.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
