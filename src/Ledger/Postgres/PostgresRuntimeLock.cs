using Npgsql;

namespace BudgetEngine.Ledger;

/// <summary>
/// The exclusive lock of the local runtime: a session lock on a connection that is kept. The lease is renewed on the same connection, so that a process
/// that has lost the lock notices within a second, and renews again only when it has it back and nobody else had it meanwhile.
/// </summary>
internal sealed class PostgresRuntimeLock(PostgresDatabase database) : IAsyncDisposable
{
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

    public async ValueTask DisposeAsync()
    {
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
        throw new LedgerLockedException(
            $"Another process works on the ledger {database.Description}. Stop it, or use the Orleans runtime for several processes.");
    }

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
