using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Repricing;

/// <summary>Jobs that rate usage again.</summary>
internal sealed class RepriceTable(LedgerDatabase database) : ILedgerRepricing
{
    /// <summary>Jobs that are kept; of those that have ended the oldest go first.</summary>
    private const long MaxKept = 1_000;

    private const string Columns = "id, work, state, created_at, created_by, after_tenant, after_request, tally, version, cancel_asked, ended_at, fault";

    private readonly RepriceRows _rows = new(database);

    /// <summary>Where jobs are open, oldest first; null: everywhere.</summary>
    public static async Task<List<string?>> OpenAsync(LedgerSession s, CancellationToken cancellationToken) =>
        await s.ListAsync("select work from reprice_jobs where state = 0 order by created_at, id", r => RepriceDocument.Read(r.Text()).CostCenter, cancellationToken);

    public Task<bool> CreateRepriceAsync(RepriceJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (!claim.Shares.HasRoom(claim.Within, await OpenAsync(s, cancellationToken))) return false;
                var work = RepriceDocument.ToJson(job.Order);
                await s.ExecuteAsync(
                    """
                    insert into reprice_jobs (id, work, state, created_at, created_by, after_tenant, after_request, tally, version, cancel_asked)
                    values (@id, @work, 0, @created_at, @created_by, '', '', @tally, 0, @no)
                    """,
                    cancellationToken, ("id", job.Id), ("work", work), ("created_at", job.CreatedAt), ("created_by", job.CreatedBy), ("tally", RepriceDocument.ToJson(job.Tally)), ("no", false));
                await s.ExecuteAsync(
                    "delete from reprice_jobs where state <> 0 and id not in (select id from reprice_jobs order by created_at desc, id limit @kept)", cancellationToken, ("kept", MaxKept));
                await AdminWrites.AuditAsync(s, admin, "price.reprice", job.Order.CostCenter, null, work, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<RepriceJob?> FindRepriceAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.FirstAsync<RepriceJob>($"select {Columns} from reprice_jobs where id = @id", Read, cancellationToken, ("id", id)), cancellationToken);

    public Task<IReadOnlyList<RepriceJob>> ListRepricesAsync(string? under, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RepriceJob>>(
            async s =>
            {
                // Few are kept, and whose they are is part of their work.
                var all = await s.ListAsync($"select {Columns} from reprice_jobs order by created_at desc, id", Read, cancellationToken);
                return [.. all.Where(j => under is null || (j.Order.CostCenter is { } of && CostCenterId.IsWithin(of, under))).Take(limit)];
            },
            cancellationToken);

    public Task<bool> CancelRepriceAsync(string id, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                var asked = await s.ListAsync(
                    "update reprice_jobs set cancel_asked = @yes where id = @id and state = 0 returning work", r => r.Text(), cancellationToken, ("id", id), ("yes", true));
                if (asked.Count == 0) return false;
                await AdminWrites.AuditAsync(s, admin, "price.reprice.cancel", RepriceDocument.Read(asked[0]).CostCenter, asked[0], null, cancellationToken);
                return true;
            },
            cancellationToken);

    public async Task<IReadOnlyList<RepriceJob>> ClaimRepricesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        // Every process asks every second, and nearly always there is nothing: a look waits for nobody's lock.
        if (!await database.ReadAsync(s => s.AnyAsync("select 1 from reprice_jobs where state = 0 limit 1", cancellationToken), cancellationToken)) return [];
        return await database.WriteAsync<IReadOnlyList<RepriceJob>>(
            async s =>
            {
                var claims = new JobClaims(s, "reprice_jobs", process, running, lease);
                await claims.KeepAsync(cancellationToken);
                // Whatever has begun comes first: orders have the time of the process that took them.
                var open = await s.ListAsync("select id, work from reprice_jobs where state = 0 order by case when runner is null then 1 else 0 end, created_at, id", r => (Id: r.Text(), Of: RepriceDocument.Read(r.Text()).CostCenter), cancellationToken);
                var next = open.Where((job, i) => !open.Take(i).Any(older => MayMeet(older.Of, job.Of))).Select(job => job.Id).ToArray();
                var free = await s.ListAsync(
                    $"select id from reprice_jobs where {s.Dialect.In("id", "@next")} and {claims.IsFree} order by {JobClaims.LongestWaiting} limit @limit", r => r.Text(), cancellationToken,
                    [.. claims.Parameters, ("next", next), ("limit", (long)limit)]);
                return await claims.TakeAsync("state = 0", free, Columns, Read, cancellationToken);
            },
            cancellationToken);
    }

    public Task<RepriceJob?> SaveRepriceAsync(RepriceJob job, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.FirstAsync<RepriceJob>(
                $"""
                update reprice_jobs set state = @state, after_tenant = @after_tenant, after_request = @after_request, tally = @tally, version = version + 1,
                    ended_at = @ended_at, fault = @fault, runner_until = {s.Dialect.Later(s.Dialect.Now, "@lease")}
                where id = @id and version = @version and state = 0
                returning {Columns}
                """,
                Read, cancellationToken, ("id", job.Id), ("version", job.Version), ("state", (short)job.State), ("after_tenant", job.After.Tenant), ("after_request", job.After.RequestId),
                ("tally", RepriceDocument.ToJson(job.Tally)), ("ended_at", job.EndedAt), ("fault", job.Fault), ("lease", Micros(lease))),
            cancellationToken);

    public Task<RepriceExtent> ReadRepriceExtentAsync(RepriceOrder order, CancellationToken cancellationToken) => _rows.ReadExtentAsync(order, cancellationToken);

    public Task<IReadOnlyList<RepriceRow>> ReadRepriceRowsAsync(RepriceJob job, int limit, CancellationToken cancellationToken) => _rows.ReadAsync(job, limit, cancellationToken);

    private static bool MayMeet(string? one, string? other) => one is null || other is null || CostCenterId.TenantOf(one) == CostCenterId.TenantOf(other);

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static RepriceJob Read(RowReader r)
    {
        var (id, order, state, at, by) = (r.Text(), RepriceDocument.Read(r.Text()), (RepriceState)r.Long(), r.Time(), r.Text());
        return new RepriceJob(id, order, state, at, by, new RowPosition(r.Text(), r.Text()), RepriceDocument.ReadTally(r.Text()), r.Long(), r.Flag(), r.TimeOrNull(), r.TextOrNull());
    }
}
