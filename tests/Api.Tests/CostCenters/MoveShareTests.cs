using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.CostCenters;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Api.Tests.CostCenters;

/// <summary>Moves leave old names, which every batch reads: a subtree has its share of them, and the others keep theirs.</summary>
public sealed class MoveShareTests : IAsyncLifetime
{
    private const string Root = "X-Budget-Key: 0123456789abcdef0123456789abcdef";
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHost.StartAsync(["--BUDGET_ADMIN_KEY=0123456789abcdef0123456789abcdef"]);
        foreach (var path in (string[])["acme/eng/x", "acme/ops/x", "other/x"]) (await _api.SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":10}""", Root)).Expect(HttpStatusCode.Created);
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task OldNames_OfOneSubtree_LeaveRoomForTheTenantAndOthers()
    {
        await LeaveOldNamesAsync("acme/eng", 250);
        var eng = await NewKeyAsync("acme/eng");

        var refused = (await MoveAsync("acme/eng", eng)).ExpectProblem(429, "quota_exceeded");

        Assert.Contains("each for 90 days: wait until one of them ends", refused.Body, StringComparison.Ordinal);
        Assert.Contains("'acme/eng' may have 250, its tenant 500", refused.Body, StringComparison.Ordinal);
        (await MoveAsync("acme/eng", eng, dryRun: true)).ExpectProblem(429, "quota_exceeded");
        (await MoveAsync("acme/ops", await NewKeyAsync("acme/ops"), dryRun: true)).Expect(HttpStatusCode.OK);
        (await MoveAsync("other", await NewKeyAsync("other"))).Expect(HttpStatusCode.Accepted);
        (await MoveAsync("acme/eng", await NewKeyAsync("acme"))).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task OldNames_AsManyAsThereMayBe_AreToldToTheInstallationToo()
    {
        await LeaveOldNamesAsync("acme/eng", CostCenterAliases.Shares.Total);

        Assert.Contains("There are 2000", (await MoveAsync("other", Root)).ExpectProblem(422, "not_storable").Body, StringComparison.Ordinal);
    }

    private Task<ApiReply> MoveAsync(string under, string key, bool dryRun = false) =>
        _api.SendAsync("POST", $"/v1/cost-centers/{under}/x/move", $$"""{"to":"{{under}}/y","dry_run":{{(dryRun ? "true" : "false")}}}""", key);

    private async Task<string> NewKeyAsync(string costCenter) => "X-Budget-Key: " + (string?)(await _api.SendAsync(
        "POST", "/v1/keys", $$"""{"name":"k","scopes":["admin"],"cost_center":"{{costCenter}}"}""", Root)).Expect(HttpStatusCode.Created).Json["key"];

    /// <summary>As so many moves would have left them.</summary>
    private async Task LeaveOldNamesAsync(string under, int count)
    {
        await using var ledger = new SqliteConnection($"Data Source={_api.LedgerFile}");
        await ledger.OpenAsync();
        await using var insert = ledger.CreateCommand();
        insert.CommandText =
            """
            with recursive n (i) as (select 1 union all select i + 1 from n where i < $count)
            insert into cost_center_aliases (from_path, to_path, keeps_history, for_checks, until) select $under || '/old-' || i, $under || '/x', 0, 1, 9000000000000000 from n
            """;
        insert.Parameters.AddWithValue("$under", under);
        insert.Parameters.AddWithValue("$count", count);
        Assert.Equal(count, await insert.ExecuteNonQueryAsync());
    }
}
