using BudgetEngine.Ledger.Tests.Harness;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Sqlite;

/// <summary>A disk on which the log of SQLite would not fit: it is folded in before it fills the disk by itself, and once there is space again.</summary>
public sealed class SmallDiskTests(ITestOutputHelper output) : LedgerConformance(new SmallDiskHost(), output)
{
    /// <summary>Commits whose pages, were they all kept in the log, would fill a small disk several times.</summary>
    private const int Commits = 1_500;

    private SmallDisk Disk => ((SmallDiskHost)Host).Disk;

    [FullDiskFact]
    public async Task Commits_OnADiskSmallerThanTheirLog_AreAllRecorded()
    {
        await CommitManyAsync(0, Commits);

        Assert.Equal(Commits, (await SpentAsync("acme")).Nanos);
        await AssertConsistentAsync();
    }

    [FullDiskFact]
    public async Task Commits_AfterTheDiskWasFull_AreAllRecordedOnceThereIsSpace()
    {
        await CommitManyAsync(0, 300);
        Disk.Shrink(kilobytesLeft: 0);
        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => CommitManyAsync(300, Commits));
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);

        Disk.Grow(SmallDiskHost.Megabytes);
        await CommitManyAsync(300, Commits);

        Assert.Equal(Commits, (await SpentAsync("acme")).Nanos);
        await AssertConsistentAsync();
    }

    /// <summary>One row each, and reads between, as there always are: a connection that reads keeps the log from being deleted with the writer's.</summary>
    private async Task CommitManyAsync(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            await CommitAsync(Row($"r{i}", $"acme/p{i % 50}", 1));
            if (i % 100 == 0) await Store.CostCenters.ExistsAsync("acme", None);
        }
    }

    private sealed class SmallDiskHost : SqliteHost
    {
        public const int Megabytes = 12;

        private SmallDisk? _disk;

        public SmallDiskHost()
        {
            // Without the right to mount all tests here are skipped.
            if (SmallDisk.WhyNot() is not null) return;
            Directory.CreateDirectory(Options.DataDirectory);
            _disk = SmallDisk.Mount(Options.DataDirectory, Megabytes);
        }

        public SmallDisk Disk => _disk!;

        public override async ValueTask DisposeAsync()
        {
            // The stores first; the folder can go once nothing is mounted there.
            await DisposeStoresAsync();
            _disk?.Dispose();
            _disk = null;
            await base.DisposeAsync();
        }
    }
}
