using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Sqlite;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Sqlite;

/// <summary>What SQLite cannot write is said clearly, and is no lasting harm.</summary>
public sealed class SqliteOutageTests(ITestOutputHelper output) : LedgerConformance(new SqliteHost(), output)
{
    [Fact]
    public async Task Open_WhereNoDirectoryCanBe_SaysSo()
    {
        var file = Path.GetTempFileName();
        await using var store = LedgerStores.Create(new LedgerOptions { DataDirectory = Path.Combine(file, "data") });

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => store.OpenAsync(true, LedgerUse.Alone, None));

        Assert.Contains("data directory", error.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Open_AFileThatIsNoDatabase_SaysSo()
    {
        var directory = Directory.CreateTempSubdirectory("ledger-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "ledger.db"), new string('x', 5000));
        await using var store = LedgerStores.Create(new LedgerOptions { DataDirectory = directory });

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => store.OpenAsync(true, LedgerUse.Shared, None));

        Assert.Contains("damaged or no ledger", error.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Commit_OnAFullDisk_FailsAndWorksAgainWhenThereIsSpace()
    {
        await CommitAsync(Row("r0", "acme", 1));
        await LimitPagesAsync(1);

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() =>
            CommitAsync([.. Enumerable.Range(1, 500).Select(i => Row($"r{i}", "acme/new", 1) with { Preview = new string('x', 500) })]));

        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.False(await Store.CostCenters.ExistsAsync("acme/new", None));
        Assert.Equal(RecordOutcome.Recorded, (await CommitAsync(Row("r1", "acme/new", 1))).Records[0].Outcome);
        Assert.True(await Store.CostCenters.ExistsAsync("acme/new", None));
        Assert.Equal(new Money(2), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [Fact]
    public async Task Commit_ToAReadOnlyDatabase_SaysSo()
    {
        await CommitAsync(Row("r0", "acme", 1));
        await QueryOnlyAsync();

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => CommitAsync(Row("r1", "acme", 1)));

        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Equal(RecordOutcome.Recorded, (await CommitAsync(Row("r1", "acme", 1))).Records[0].Outcome);
    }

    [Fact]
    public async Task Commit_WhileAnotherProcessWrites_IsContention()
    {
        await using var other = LedgerStores.Create(Host.Options with { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        await other.OpenAsync(false, LedgerUse.Shared, None);
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Host.Options.DataDirectory, "ledger.db")};Pooling=False");
        await connection.OpenAsync();
        await new Microsoft.Data.Sqlite.SqliteCommand("begin immediate", connection).ExecuteNonQueryAsync();

        await Assert.ThrowsAsync<LedgerContentionException>(() => other.Records.CommitAsync(BatchOf(Row("r", "acme", 1)), None));

        await new Microsoft.Data.Sqlite.SqliteCommand("commit", connection).ExecuteNonQueryAsync();
        Assert.Equal(RecordOutcome.Recorded, (await other.Records.CommitAsync(BatchOf(Row("r", "acme", 1)), None)).Records[0].Outcome);
    }

    [Fact]
    public async Task Commit_AfterTheStoreIsClosed_IsAnOutage()
    {
        await Store.DisposeAsync();

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => CommitAsync(Row("r", "acme", 1)));
    }

    private Task LimitPagesAsync(int pages) => PragmaAsync($"pragma max_page_count = {pages}");

    private Task QueryOnlyAsync() => PragmaAsync("pragma query_only = on");

    /// <summary>On the writer's own connection: what it sets ends with the connection, which the writer gives up after such an error.</summary>
    private Task PragmaAsync(string pragma) => ((SqliteLedgerStore)Store.Ledger).Writer.RunAsync(
        w =>
        {
            w.Statement(pragma).Run();
            return ValueTask.FromResult(0);
        },
        None);
}
