using System.Diagnostics;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.Gateway.Tests.Libraries;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Gateway.Tests.Examples;

/// <summary>Every block of docs/clients.md is run as it stands, but for the address; what it leaves in the ledger is compared.</summary>
[Collection(nameof(GatewayStand))]
public sealed class ClientExampleTests(GatewayStand stand)
{
    private const string CostCenter = "acme/engineering/search";
    private const string Model = "gpt-4.1";

    /// <summary>Of 1,180 tokens in and 240 out.</summary>
    private static readonly decimal _cost = new Bill(1180, 240).Cost;

    private static readonly string _root = Repository.Root!;

    private static readonly List<Example> _examples = Example.Read(Path.Combine(_root, "docs", "clients.md"));

    [Fact]
    public void Examples_AreOfEveryLanguage_AndOfTheGateway() =>
        Assert.Equal(["curl sh", "Python python", "JavaScript js", "C# csharp", "The gateway sh", "The gateway js"], _examples.Select(e => $"{e.Section} {e.Language}"));

    [ToolFact("bash", "curl")]
    public Task Curl_AsksAndSettles() => AssertSettlesAsync("curl", "sh", "curl-1", text => RunAsync(text, "bash", "-euo", "pipefail"));

    [ToolFact("python3")]
    public Task Python_AsksAndSettles() => AssertSettlesAsync("Python", "python", "python-1", text => RunAsync(text, "/usr/bin/python3"));

    [ToolFact("node")]
    public Task JavaScript_AsksAndSettles() => AssertSettlesAsync("JavaScript", "js", "javascript-1", text => RunAsync(text, "node"));

    [Fact]
    public Task CSharp_AsksAndSettles() => AssertSettlesAsync("C#", "csharp", "csharp-1", text => CSharpProgram.RunAsync(text.Replace("http://127.0.0.1:8080", stand.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)));

    [ToolFact("bash", "curl")]
    public Task Gateway_ByCurl_SettlesByItself() => AssertGatewaySettlesAsync("sh", text => RunAsync(text, "bash", "-euo", "pipefail"));

    [ProviderLibrariesFact]
    public Task Gateway_ByTheOpenAiLibrary_SettlesByItself() => AssertGatewaySettlesAsync("js", text => RunAsync(text, "node"));

    private async Task AssertSettlesAsync(string section, string language, string requestId, Func<string, Task> run)
    {
        await PrepareAsync();
        await run(TextOf(section, language));
        var row = Assert.Single(await stand.Priced.Caller.ExportAsync(CostCenter), r => r.RequestId == requestId);
        Assert.Equal((Nano.Of(_cost), Model), (row.Cost, row.Model));
        Assert.Empty(row.Flags);
        Assert.Equal(0, (await stand.Priced.Caller.LimitAsync("acme")).Held);
    }

    private async Task AssertGatewaySettlesAsync(string language, Func<string, Task> run)
    {
        await PrepareAsync();
        stand.Provider.Bills.Clear();
        var before = (await stand.Priced.Caller.LimitAsync("acme")).Spent;
        await run(TextOf("The gateway", language));
        var after = await stand.Priced.Caller.LimitAsync("acme");
        Assert.Equal((Nano.Of(Assert.Single(stand.Provider.Bills).Cost), 0), (after.Spent - before, after.Held));
    }

    private static string TextOf(string section, string language) => _examples.Single(e => e.Section == section && e.Language == language).Text;

    /// <summary>What the page says that is needed: a price, and a key, which the block finds in its environment.</summary>
    private async Task PrepareAsync()
    {
        await stand.Priced.Caller.SetBudgetAsync("acme", new { daily = 1_000 });
        await stand.Priced.Caller.PutAsync($"/v1/prices/{Model}", new { input = Bill.InputPrice, output = Bill.OutputPrice, max_output_tokens = 1_000 });
        var made = await stand.Priced.Caller.PostAsync("/v1/keys", new { name = "example", scopes = new[] { "check", "usage" }, cost_center = "acme" });
        Environment.SetEnvironmentVariable("BUDGET_KEY", made.Is(201).GetProperty("key").GetString());
    }

    private async Task RunAsync(string text, params string[] command)
    {
        // Beside the packages, where node looks for them.
        var folder = Directory.CreateDirectory(Path.Combine(ProviderLibraries.Folder!, $"example-{Guid.NewGuid():N}"));
        try
        {
            var file = Path.Combine(folder.FullName, "example.mjs");
            await File.WriteAllTextAsync(file, text.Replace("http://127.0.0.1:8080", stand.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
            using var process = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, await output + await errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
