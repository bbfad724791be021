using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Sqlite;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Tests.Sqlite;

/// <summary>A file that is not what it was: emptied, gone, or with garbage inside.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly LedgerOptions _options = new() { DataDirectory = Directory.CreateTempSubdirectory("ledger-file-").FullName };

    private string LedgerFile => SqliteDatabase.PathIn(_options);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_OfALedgerThatWasEmptiedOrIsGone_IsRefusedUntilItsMarkIsToo(bool emptied)
    {
        await OpenAndCloseAsync();
        foreach (var rest in Directory.EnumerateFiles(_options.DataDirectory, "ledger.db*")) File.Delete(rest);
        if (emptied) await File.WriteAllBytesAsync(LedgerFile, []);

        foreach (var use in new[] { LedgerUse.Alone, LedgerUse.Beside })
        {
            var refused = await Assert.ThrowsAsync<LedgerSchemaException>(() => OpenAndCloseAsync(use));
            Assert.Contains("Restore a backup", refused.Message, StringComparison.Ordinal);
            Assert.Contains("ledger.made", refused.Message, StringComparison.Ordinal);
        }

        File.Delete(Path.Combine(_options.DataDirectory, "ledger.made"));
        await OpenAndCloseAsync();
    }

    [Fact]
    public async Task Open_OfAnEmptyFileWhereNoLedgerWas_MakesOne()
    {
        await File.WriteAllBytesAsync(LedgerFile, []);

        await OpenAndCloseAsync();
        await OpenAndCloseAsync();
    }

    [Fact]
    public async Task Open_OfAFileWithGarbageInside_IsRefused_AndConsistencySaysSo()
    {
        await OpenAndCloseAsync();
        await using (var open = new SqliteLedgerStore(_options))
        {
            await open.OpenAsync(migrate: true, LedgerUse.Beside, default);
            Assert.Equal((true, 0), (await open.Consistency.CheckConsistencyAsync(null, default)).File is { } sound ? (sound.IsWhole, sound.Faults.Count) : default);
            Assert.Null((await open.Consistency.CheckConsistencyAsync("acme", default)).File);
        }

        await DamageAsync();

        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(() => OpenAndCloseAsync());
        Assert.Contains("is damaged: restore a backup", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        // Beside a process that runs, as a key is made, nothing is looked through; whoever asks is told.
        await using var beside = new SqliteLedgerStore(_options);
        await beside.OpenAsync(migrate: false, LedgerUse.Beside, default);
        var report = await beside.Consistency.CheckConsistencyAsync(null, default);
        Assert.NotEmpty(report.File!.Faults);
    }

    [Fact]
    public async Task Check_WithoutTimeForTheWholeFile_SaysSo()
    {
        await OpenAndCloseAsync();
        using var connection = new SqliteConnection($"Data Source={LedgerFile}");
        connection.Open();
        // Enough for SQLite to look at the time.
        using (var fill = connection.CreateCommand())
        {
            fill.CommandText = "create table filling as with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) select i, hex(randomblob(100)) as t from n";
            fill.ExecuteNonQuery();
        }

        Assert.False(SqliteFileCheck.Run(connection, TimeSpan.FromTicks(-1)).IsWhole);
        Assert.True(SqliteFileCheck.Run(connection, TimeSpan.FromMinutes(1)).IsWhole);
    }

    /// <summary>A page in the middle of the audit's table, which no start reads.</summary>
    private async Task DamageAsync()
    {
        long page;
        using (var connection = new SqliteConnection($"Data Source={LedgerFile};Pooling=False"))
        {
            connection.Open();
            using var checkpoint = connection.CreateCommand();
            checkpoint.CommandText = "pragma wal_checkpoint(truncate)";
            checkpoint.ExecuteNonQuery();
            using var root = connection.CreateCommand();
            root.CommandText = "select rootpage from sqlite_master where type = 'table' and name = 'audit_entries'";
            page = (long)root.ExecuteScalar()!;
        }

        await using var file = new FileStream(LedgerFile, FileMode.Open, FileAccess.Write);
        file.Position = (page - 1) * 4_096;
        await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 4_096).ToArray());
    }

    private async Task OpenAndCloseAsync(LedgerUse use = LedgerUse.Alone)
    {
        await using var store = new SqliteLedgerStore(_options);
        await store.OpenAsync(migrate: true, use, default);
    }
}
