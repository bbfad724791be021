using BudgetEngine.Ledger.Sql.Copying;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Brings a database up to date, or refuses to start on one that does not fit. The caller holds the migration lock.</summary>
internal sealed class Migrator(IReadOnlyList<Migration> known)
{
    /// <param name="copies">To copy another ledger into it, which may have begun already.</param>
    public async Task RunAsync(LedgerSession session, bool migrate, bool copies, CancellationToken cancellationToken)
    {
        if (!await session.AnyAsync(session.Dialect.FindMigrations, cancellationToken))
        {
            // A process that may not migrate may not have the right to make tables either.
            if (!migrate) throw Missing(known);
            await session.ExecuteAsync(CreateTable(session.Dialect), cancellationToken);
        }

        var applied = await session.ListAsync("select name, hash from migrations order by name", r => (Name: r.Text(), Hash: r.Text()), cancellationToken);
        if (applied.RemoveAll(a => a.Name == CopyProgress.Mark) > 0 && !copies) throw new LedgerSchemaException("A copy into this ledger has begun and not ended: run the copy command again, which goes on where it was.");
        foreach (var (name, hash) in applied) Verify(name, hash);
        var missing = known.Where(m => !applied.Exists(a => a.Name == m.Name)).ToList();
        if (missing.Count == 0) return;
        if (!migrate) throw Missing(missing);
        foreach (var migration in missing)
        {
            await session.ExecuteAsync(migration.Sql, cancellationToken);
            await session.ExecuteAsync(
                $"insert into migrations (name, hash, applied_at) values (@name, @hash, {session.Dialect.Now})", cancellationToken,
                ("name", migration.Name), ("hash", migration.Hash));
        }
    }

    public bool Knows(string migration) => known.Any(m => m.Name == migration);

    private static LedgerSchemaException Missing(IReadOnlyList<Migration> missing) => new(
        $"The ledger's database lacks the migration{(missing.Count > 1 ? "s" : "")} {string.Join(", ", missing.Select(m => m.Name))}. " +
        "Run the migrate command of this version first, or start with Migrate:AtStart=true.");

    private void Verify(string name, string hash)
    {
        var migration = known.FirstOrDefault(m => m.Name == name) ?? throw new LedgerSchemaException(
            $"The ledger's database has the migration {name}, which this version does not know: the database is newer than the program. " +
            "Start a version that knows it, or restore a backup of before that migration.");
        if (migration.Hash == hash) return;
        throw new LedgerSchemaException(
            $"The migration {name} was applied in another form than this version has (recorded hash {hash[..Math.Min(12, hash.Length)]}, " +
            $"ours {migration.Hash[..12]}). A migration is never changed once released: start the version that applied it, or restore the file.");
    }

    private static string CreateTable(Dialect dialect) =>
        $"create table if not exists migrations (name text not null, hash text not null, applied_at {dialect.TimeType} not null, " +
        "constraint pk_migrations primary key (name))";
}
