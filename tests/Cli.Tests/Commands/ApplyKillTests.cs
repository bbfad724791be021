using System.Diagnostics;
using BudgetEngine.Cli.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary><c>budget apply</c> as a process of its own that is killed (<c>kill -9</c>) again and again: what it had done stands, and the next run does the rest.</summary>
[Collection(nameof(CliStand))]
public sealed class ApplyKillTests(CliStand stand, ITestOutputHelper output)
{
    private const int Budgets = 200;

    [Fact]
    public async Task Apply_KilledInTheMiddle_IsGoneOnWithByTheNext_AndEndsAsTheFileSays()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var tenant = costCenter[..costCenter.IndexOf('/')];
        var file = Path.Combine(stand.Folder, $"{tenant}-killed.yaml");
        await File.WriteAllLinesAsync(file,
        [
            $"under: {tenant}", "budgets:", .. Enumerable.Range(0, Budgets).Select(i => $"  {tenant}/team-{i:d3}: {{ daily: {i + 1}, per_user: {{ daily: 1 }} }}"),
            "prices:", .. Enumerable.Range(0, 20).Select(i => $"  {tenant}-model-{i}: {{ input: {i + 1}, output: 2 }}"),
        ]);

        var done = 0L;
        foreach (var least in (int[])[1, 60, 120]) done = await KillWhenDoneAsync(file, tenant, Math.Max(least, done + 1));
        var planned = (await stand.RunAsync("plan", "-f", file)).Ended(2).Output;
        Assert.DoesNotContain(planned.Split('\n'), l => l.StartsWith('~'));
        Assert.Contains($"+ budgets {tenant}/team-", planned, StringComparison.Ordinal);
        using (var last = Start(file)) await last.WaitForExitAsync();

        // What the file does not have was left: the tenant's own budget, and prices of other tests.
        Assert.DoesNotContain((await stand.RunAsync("plan", "-f", file)).Output.Split('\n'), l => l.StartsWith('+') || l.StartsWith('~'));
        Assert.Equal(Budgets, await DoneAsync(tenant));
        // Nothing was written twice: of each budget one entry of the audit, whoever wrote it.
        var audit = (await stand.Priced.Caller.GetAsync($"/v1/audit?action=budget.put&cost_center={tenant}&limit=500")).Is(200).GetProperty("items");
        var written = audit.EnumerateArray().Select(e => e.GetProperty("cost_center").GetString()!).Where(p => p.Contains("/team-", StringComparison.Ordinal)).ToList();
        Assert.Equal((Budgets, Budgets), (written.Count, written.Distinct().Count()));
    }

    /// <summary>How many budgets there are when it is dead.</summary>
    private async Task<long> KillWhenDoneAsync(string file, string tenant, long least)
    {
        using var apply = Start(file);
        await Eventually.HoldsAsync($"{least} budgets are applied", async () => apply.HasExited || await DoneAsync(tenant) >= least, 60);
        Assert.False(apply.HasExited, "it has ended before it could be killed");
        apply.Kill();
        await apply.WaitForExitAsync();
        var done = await DoneAsync(tenant);
        output.WriteLine($"killed after {done} of {Budgets} budgets");
        return done;
    }

    private async Task<long> DoneAsync(string tenant)
    {
        var budgets = (await stand.Priced.Caller.GetAsync($"/v1/budgets?under={tenant}&limit=500")).Is(200).GetProperty("items");
        return budgets.EnumerateArray().Count(b => b.GetProperty("cost_center").GetString()!.Contains("/team-", StringComparison.Ordinal));
    }

    private Process Start(string file)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "budget.dll"), "apply", "-f", file]);
        start.Environment[CliStand.Connected.Address] = stand.Priced.Engine.Address.ToString();
        start.Environment[CliStand.Connected.Key] = CliStand.AdminKey;
        return Process.Start(start)!;
    }
}
