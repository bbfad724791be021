using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>Temporary additions to limits.</summary>
internal sealed class IncreaseTable(LedgerDatabase database) : ILedgerIncreases
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "id, cost_center, user_name, period, amount, until, reason, made_by, made_at";

    public Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAtAsync(s, increase.CostCenter, cancellationToken);
                if (await FindAsync(s, increase.Id, cancellationToken) is { } stored)
                {
                    return new IncreaseWriteResult(IsSame(stored, increase) ? IncreaseWriteStatus.Unchanged : IncreaseWriteStatus.Conflict, stored);
                }

                await InsertAsync(s, increase, cancellationToken);
                await AdminWrites.TouchNodeAsync(s, increase.CostCenter, increase.User, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "increase.put", increase.CostCenter, null, IncreaseDocument.ToJson(increase, s.Resolution), cancellationToken);
                return new IncreaseWriteResult(IncreaseWriteStatus.Created, (await FindAsync(s, increase.Id, cancellationToken))!);
            },
            cancellationToken);

    public Task<Increase?> ReadIncreaseAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(s => FindAsync(s, id, cancellationToken), cancellationToken);

    public Task<bool> DeleteIncreaseAsync(string id, string costCenter, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await FindAsync(s, id, cancellationToken) is not { } stored || stored.CostCenter != costCenter) return false;
                await s.ExecuteAsync("delete from increases where id = @id", cancellationToken, ("id", id));
                await AdminWrites.TouchNodeAsync(s, stored.CostCenter, stored.User, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "increase.delete", stored.CostCenter, IncreaseDocument.ToJson(stored, s.Resolution), null, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<Increase>> ListIncreasesAsync(string? under, string? afterId, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<Increase>>(
            async s => await s.ListAsync(
                $"select {Columns} from increases where {Subtree.Where("cost_center", under)} and id > @after order by id limit @limit", Read,
                cancellationToken,
                [.. Subtree.Parameters(under), ("after", afterId ?? ""), ("limit", (long)limit)]),
            cancellationToken);

    public static Increase Read(RowReader r) => new(
        r.Text(), r.Text(), r.TextOrEmpty(), (Period)r.Long(), r.Money(), r.Time(), r.TextOrNull(), r.Text(), r.Time());

    private static Task<Increase?> FindAsync(LedgerSession s, string id, CancellationToken cancellationToken) =>
        s.FirstAsync<Increase>($"select {Columns} from increases where id = @id", Read, cancellationToken, ("id", id));

    private static Task InsertAsync(LedgerSession s, Increase i, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"insert into increases ({Columns}) values (@id, @cost_center, @user_name, @period, @amount, @until, @reason, @made_by, @made_at)",
            cancellationToken, ("id", i.Id), ("cost_center", i.CostCenter), ("user_name", i.User ?? ""), ("period", (long)i.Period),
            ("amount", i.Amount.Nanos), ("until", i.Until), ("reason", i.Reason), ("made_by", i.By), ("made_at", i.At));

    /// <summary>Who and when are not content: a repeat comes later.</summary>
    private static bool IsSame(Increase stored, Increase sent) =>
        stored.CostCenter == sent.CostCenter && stored.User == sent.User && stored.Period == sent.Period && stored.Amount == sent.Amount
        && stored.Until.UtcTicks / TimeSpan.TicksPerMicrosecond == sent.Until.UtcTicks / TimeSpan.TicksPerMicrosecond && stored.Reason == sent.Reason;
}
