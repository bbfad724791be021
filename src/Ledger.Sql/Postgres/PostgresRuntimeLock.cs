using BudgetEngine.Ledger.Sql.Storage;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>
/// The exclusive lock of a process that works alone: a session lock on a connection that is kept. The lease is renewed on the same connection, so that a process
/// that has lost the lock notices within a second, and renews again only when it has it back and nobody else had it meanwhile.
/// </summary>
internal sealed class PostgresRuntimeLock(PostgresDatabase database) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whoever shows life for so much longer than the longest lease that ran at first has not died: a cluster works on the ledger.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private NpgsqlConnection? _connection;
    private long? _epoch;

    /// <summary>Takes the lock for the first time.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _connection ??= await LockAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Returns when the lock is ours and no lease of another process runs: it may grant from memory until then, for as long as it said itself
    /// (<c>Ledger:OutageGrace</c>). A restart of the server frees the lock of a process that is
    /// alive and grants from memory until its lease runs out: it is given the time to take the lock back, and has it if it does.
    /// </summary>
    /// <exception cref="LedgerLockedException">Others, which need no lock, stay alive.</exception>
    public async Task AwaitSilenceAsync(CancellationToken cancellationToken)
    {
        var left = await LongestLeaseAsync(cancellationToken);
        var giveUpAfter = left + Patience;
        for (var waited = TimeSpan.Zero; left > TimeSpan.Zero; waited += Pause)
        {
            await DropAsync();
            if (waited >= giveUpAfter) throw Locked();
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            await TakeAsync(cancellationToken);
            left = await LongestLeaseAsync(cancellationToken);
        }

        await RunAsync(s => s.ExecuteAsync("delete from leases", cancellationToken), cancellationToken);
    }

    /// <summary>How long the longest lease still runs, by the server's clock; zero or less: none does.</summary>
    private async Task<TimeSpan> LongestLeaseAsync(CancellationToken cancellationToken)
    {
        var micros = await RunAsync(
            s => s.NumberAsync(
                "select coalesce(max(cast(extract(epoch from renewed_at - now()) * 1000000 as bigint) + runs_micros), 0) from leases", cancellationToken), cancellationToken);
        return TimeSpan.FromMicroseconds(micros);
    }

    /// <summary>Names this process as the one that has the lock, by its epoch.</summary>
    public async Task NameAsync(LedgerSession session, long epoch, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("update counters set value = @epoch where name = 'exclusive_epoch'", cancellationToken, ("epoch", epoch));
        _epoch = epoch;
    }

    /// <summary>Runs work on the connection that has the lock.</summary>
    public async Task<T> RunAsync<T>(Func<LedgerSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _connection ??= await RetakeAsync(cancellationToken);
            return await work(database.SessionOn(_connection, null));
        }
        catch (Exception e) when (database.TranslatedAndCleared(e) is { } translated)
        {
            await DropAsync();
            throw translated;
        }
        catch (OperationCanceledException)
        {
            // The driver may have closed a connection whose command was broken off, and the lock with it.
            await DropAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends in good order: the lease goes with the lock, so that the next process need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection is { } connection && _epoch is not null) await database.SessionOn(connection, null).ExecuteAsync("delete from leases", CancellationToken.None);
        }
        catch (Exception e) when (database.TranslatedAndCleared(e) is not null)
        {
            // The ledger is out of reach; the next process waits the silence out.
        }

        await DropAsync();
        _turn.Dispose();
    }

    private async Task<NpgsqlConnection> RetakeAsync(CancellationToken cancellationToken)
    {
        var connection = await LockAsync(cancellationToken);
        try
        {
            var last = await database.SessionOn(connection, null).NumberAsync("select value from counters where name = 'exclusive_epoch'", cancellationToken);
            if (last == _epoch) return connection;
            throw new LedgerLockedException("Another process has worked on this ledger since this one lost its connection: this one must start anew.");
        }
        catch
        {
            await UnlockAsync(connection);
            throw;
        }
    }

    private async Task<NpgsqlConnection> LockAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        try
        {
            var locked = await database.SessionOn(connection, null).ListAsync(
                $"select pg_try_advisory_lock({PostgresDatabase.RuntimeLock})", r => r.Flag(), cancellationToken);
            if (locked[0]) return connection;
        }
        catch (Exception e) when (database.TranslatedAndCleared(e) is { } translated)
        {
            await connection.DisposeAsync();
            throw translated;
        }

        await connection.DisposeAsync();
        throw Locked();
    }

    /// <summary>For one of several processes: none may begin beside a process that works alone.</summary>
    public async Task<bool> CheckFreeAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        var free = await session.ListAsync($"select pg_try_advisory_xact_lock_shared({PostgresDatabase.RuntimeLock})", r => r.Flag(), cancellationToken);
        return free[0] ? true : throw Locked();
    }

    private LedgerLockedException Locked() => new(
        $"Another process works on the ledger {database.Description}. Stop it, or run all of them as silos of one cluster: Cluster:Membership=postgres.");

    private async ValueTask DropAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        await UnlockAsync(connection);
    }

    /// <summary>Pooled connections are not reset: the lock must not go back with one.</summary>
    private static async ValueTask UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            // The session is gone, and its locks with it.
        }

        await connection.DisposeAsync();
    }
}
