using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Exports of more than one page.</summary>
public abstract class ExportSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Export_OfSeveralPages_HasEachRowOnce_InOrder()
    {
        for (var batch = 0; batch < 5; batch++)
        {
            await CommitAsync([.. Enumerable.Range(0, 500).Select(i => Row($"r{batch}-{i:000}", i % 2 == 0 ? "acme/x" : "beta", 1))]);
        }

        var all = await ReadAsync(null);
        Assert.Equal(2_500, all.Count);
        Assert.Equal(all.OrderBy(r => r.Tenant, StringComparer.Ordinal).ThenBy(r => r.RequestId, StringComparer.Ordinal).Select(r => r.RequestId), all.Select(r => r.RequestId));
        Assert.Equal(1_250, (await ReadAsync("acme")).Count);
        Assert.Empty(await ReadAsync("acme/y"));
    }

    /// <summary>Few rows of a tenant that has many: by cost center and date, or, where only the callers' clocks tell which, some thousand of all at a time.</summary>
    [LedgerFact]
    public async Task Export_OfFewRowsAmongMany_FindsThem_InOrder()
    {
        for (var batch = 0; batch < 22; batch++) await CommitAsync([.. Enumerable.Range(0, 2_000).Select(i => Row($"r{batch:00}-{i:0000}", "acme/y", 1))]);
        await CommitAsync([.. ((string[])["zz", "a", "r11-1"]).Select(id => Row(id, "acme/x", 1) with { Timestamp = Now.AddHours(-20) }), Row("b", "beta", 1), Row("old", "acme/x", 1, date: Today.AddDays(-9))]);

        Assert.Equal(["a", "r11-1", "zz"], (await ReadAsync("acme/x")).Select(r => r.RequestId));
        Assert.Equal(["old"], (await ReadAsync("acme", new UsageRange(Today.AddDays(-9), Today))).Select(r => r.RequestId));
        Assert.Equal(["a", "r11-1", "zz"], (await ReadAsync("acme", new UsageRange(null, null, Now.AddHours(-21), Now.AddHours(-19)))).Select(r => r.RequestId));
        Assert.Equal(["a", "r11-1", "zz"], (await ReadAsync(null, new UsageRange(null, null, Now.AddHours(-21), Now.AddHours(-19)))).Select(r => r.RequestId));
        Assert.Equal(44_003, (await ReadAsync("acme")).Count);
    }

    [LedgerFact]
    public async Task Export_WhileRetentionFoldsItsRows_BreaksOff()
    {
        var old = Now.AddDays(-100);
        await CommitAsync([.. Enumerable.Range(0, 1_500).Select(i => Row($"r{i:0000}", "acme", 1, date: Today.AddDays(-100)) with { Timestamp = old, RecordedAt = old })]);
        var seen = 0;
        await Assert.ThrowsAsync<LedgerContentionException>(async () =>
        {
            await foreach (var _ in Store.Usage.ExportUsageAsync(UsageRange.All, null, None))
            {
                if (seen++ == 0) Assert.Equal(300, await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 300, None));
            }
        });
    }

    [LedgerFact]
    public async Task Export_ThatNobodyReadsOn_KeepsNoTransactionOpen()
    {
        await CommitAsync([.. Enumerable.Range(0, 1_500).Select(i => Row($"r{i:0000}", "acme", 1))]);
        await using var export = Store.Usage.ExportUsageAsync(new UsageRange(Today, Today.AddDays(1)), null, None).GetAsyncEnumerator();
        Assert.True(await export.MoveNextAsync());
        Assert.Equal(0, await Host.NumberAsync(Host.Options.Postgres is null
            // Its first column: whether a reader was in the way.
            ? "pragma wal_checkpoint(truncate)"
            : "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null"));
    }

    private async Task<List<UsageRow>> ReadAsync(string? under, UsageRange? range = null)
    {
        var rows = new List<UsageRow>();
        await foreach (var row in Store.Usage.ExportUsageAsync(range ?? new UsageRange(Today, Today.AddDays(1)), under, None)) rows.Add(row);
        return rows;
    }
}
