using System.Diagnostics;
using System.Text.Json;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Gateway.Tests.Libraries;

/// <summary>The providers' own libraries for JavaScript, of npm: <c>JavaScript/calls.mjs</c> calls by them. ./test.sh installs them into artifacts/provider-libraries.</summary>
[Collection(nameof(GatewayStand))]
public sealed class JavaScriptLibraryTests(GatewayStand stand)
{
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(60);

    [ProviderLibrariesTheory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Call_Plain_IsAnsweredAndSettled(string library)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        Assert.Equal("abc abc abc ", (await CallAsync(library, "plain", key)).GetProperty("text").GetString());
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Single(stand.Provider.Bills);
    }

    [ProviderLibrariesTheory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Call_Streamed_IsAnsweredAndSettled(string library)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var answer = await CallAsync(library, "streamed", key);
        Assert.Equal(string.Concat(Enumerable.Repeat(FakeProvider.Word, 6)), answer.GetProperty("text").GetString());
        // The chunk that the gateway asked for is not the caller's.
        Assert.Equal(0, answer.GetProperty("usage").GetInt32());
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [ProviderLibrariesTheory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Call_WithTools_IsAnsweredAndSettled(string library)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var answer = await CallAsync(library, "tools", key);
        Assert.Equal(("look", """{"at":"x"}""", """{"at":"x"}"""), (answer.GetProperty("name").GetString(), answer.GetProperty("whole").GetString(), answer.GetProperty("streamed").GetString()));
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(2, stand.Provider.Bills.Count);
    }

    [ProviderLibrariesTheory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Call_Aborted_IsSettledWithWhatWasProduced(string library)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        Assert.Equal("abc abc abc ", (await CallAsync(library, "aborted", key)).GetProperty("text").GetString());
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(3, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    [ProviderLibrariesTheory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Call_Denied_IsShownAndNotRepeated(string library)
    {
        var (key, _) = await stand.NewTeamAsync(daily: 0.00001m);
        var denied = await CallAsync(library, "denied", key);
        Assert.Equal((402, 1), (denied.GetProperty("status").GetInt32(), denied.GetProperty("requests").GetInt32()));
        Assert.Contains("budget", denied.GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(stand.Provider.Requests);
    }

    private async Task<JsonElement> CallAsync(string library, string call, string key)
    {
        // Beside the packages, which is where node looks for them.
        var folder = Directory.CreateDirectory(Path.Combine(ProviderLibraries.Folder!, $"check-{Guid.NewGuid():N}"));
        try
        {
            var script = Path.Combine(folder.FullName, "calls.mjs");
            File.Copy(Path.Combine(Repository.Root!, "tests", "Gateway.Tests", "Libraries", "JavaScript", "calls.mjs"), script);
            var start = new ProcessStartInfo("node", [script, library, call]) { RedirectStandardOutput = true, RedirectStandardError = true };
            (start.Environment["GATEWAY"], start.Environment["KEY"], start.Environment["MODEL"]) = (stand.Address.ToString().TrimEnd('/'), key, PricedEngine.Model);
            using var process = Process.Start(start)!;
            using var timeout = new CancellationTokenSource(_within);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0 && output.StartsWith('{'), output + await errors);
            return JsonDocument.Parse(output).RootElement;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
